// Netfilter marks and the TOS or traffic class field of packets, as rules give them to connections (manual: set-fc-mark, set-bc-tos, …).
// What the system refuses (SO_MARK wants CAP_NET_ADMIN) is left as it is, as in HAProxy.
#pragma once
#include <cstdint>

namespace tsproxy {

struct Session;

struct Marks {
  bool marked = false;
  uint32_t mark = 0;      // SO_MARK
  int32_t tos = -1;       // the whole byte; -1: as it is
};

// Carries out what a rule says: MARK_CLIENT… at once, MARK_SERVER… when the stream's connection is made. False: no memory, or no such thing.
bool set_mark(Session& s, int32_t what, uint32_t value);
// What the connection to a server is to get; nullptr: nothing. Such a connection serves this stream alone.
const Marks* marks_of(const Session& s);
void apply_marks(int fd, const Marks& marks);

}  // namespace tsproxy
