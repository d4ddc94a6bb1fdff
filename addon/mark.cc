#include "mark.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include "override.h"
#include "sys.h"

namespace tsproxy {

void apply_marks(int fd, const Marks& marks) {
  int family = 0;
  socklen_t length = sizeof family;
  if (sys::get_option(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) < 0 || family == AF_UNIX) return;
  if (marks.marked) sys::set_option(fd, SOL_SOCKET, SO_MARK, &marks.mark, sizeof marks.mark);
  if (marks.tos < 0) return;
  sys::set_option(fd, IPPROTO_IP, IP_TOS, &marks.tos, sizeof marks.tos);   // of an IPv6 socket: where it speaks IPv4
  if (family == AF_INET6) sys::set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, &marks.tos, sizeof marks.tos);
}

bool set_mark(Session& s, int32_t what, uint32_t value) {
  const bool server = what == MARK_SERVER || what == MARK_SERVER_TOS;
  const bool tos = what == MARK_CLIENT_TOS || what == MARK_SERVER_TOS;
  if (what < MARK_CLIENT || what > MARK_SERVER_TOS || s.client == nullptr) return false;
  Marks own;
  Overrides* kept = server ? overrides_of(s) : nullptr;
  if (server && kept == nullptr) return false;
  Marks& marks = server ? kept->marks : own;
  if (tos) {
    marks.tos = static_cast<int32_t>(value & 0xff);
  } else {
    marks.marked = true;
    marks.mark = value;
  }
  if (!server) apply_marks(s.client->fd, marks);
  return true;
}

const Marks* marks_of(const Session& s) {
  if (s.overrides == nullptr) return nullptr;
  const Marks& marks = s.overrides->marks;
  return marks.marked || marks.tos >= 0 ? &marks : nullptr;
}

}  // namespace tsproxy
