#include "greeting.h"

#include <netinet/in.h>
#include <cstring>
#include "decision.h"
#include "edit_page.h"
#include "engine_parts.h"
#include "stream.h"

namespace tsproxy {

namespace {

// SOCKS4: version, command, port, address, user id with its NUL; HAProxy's user id, which proxies may check.
constexpr char SOCKS_USER[] = "HAProxy";
constexpr size_t SOCKS_REQUEST = 8 + sizeof SOCKS_USER;
constexpr size_t SOCKS_ANSWER = 8;
constexpr char SOCKS_GRANTED = 90;

constexpr int32_t PROXY_BITS = SO_SEND_PROXY | SO_SEND_PROXY_V2;

const ServerConf& server_of(const Worker& w, const Session& s) { return w.conf.servers[static_cast<size_t>(s.server)]; }

Greeting behind_socks(const ServerConf& server) { return (server.options & PROXY_BITS) != 0 ? Greeting::ProxyHeader : Greeting::None; }

// The very first bytes of a connection: an empty socket takes them whole.
Greeted say(Worker& w, Session& s, const char* bytes, size_t n, Greeting next) {
  iovec part{const_cast<char*>(bytes), n};
  if (transmit(*s.target, &part, 1) != n) return Greeted::Failed;
  count(&w.row[CW_BYTES_OUT], n);
  s.target->greeting = next;
  return Greeted::Done;
}

Greeted ask_socks(Worker& w, Session& s) {
  Target target;
  if (find_target(w, s.server, s.target->route.get(), target) < 0 || target.address.storage.ss_family != AF_INET) return Greeted::Failed;
  const auto* in = reinterpret_cast<const sockaddr_in*>(&target.address.storage);
  char request[SOCKS_REQUEST] = {4, 1};
  std::memcpy(request + 2, &in->sin_port, 2);
  std::memcpy(request + 4, &in->sin_addr, 4);
  std::memcpy(request + 8, SOCKS_USER, sizeof SOCKS_USER);
  return say(w, s, request, sizeof request, Greeting::SocksAnswer);
}

Greeted hear_socks(Worker& w, Session& s) {
  Connection& c = *s.target;
  char answer[SOCKS_ANSWER];
  size_t had = c.ahead.length();
  if (had > 0) std::memcpy(answer, c.ahead.data(), had);
  size_t n = receive(c, answer + had, sizeof answer - had);
  count(&w.row[CW_BYTES_IN], n);
  if (had + n < sizeof answer) {
    if (c.ended()) return Greeted::Failed;
    c.ahead.release(w.small);
    return put_ahead(w, c, answer, had + n) ? Greeted::Wait : Greeted::Failed;
  }
  c.ahead.release(w.small);
  if (answer[1] != SOCKS_GRANTED) return Greeted::Failed;
  c.greeting = behind_socks(server_of(w, s));
  return Greeted::Done;
}

// The core's TLVs (proxy-v2-options, set-proxy-v2-tlv-fmt) behind the addresses.
size_t add_tlvs(Worker& w, Session& s, char* header, size_t length, size_t room) {
  bool shown = s.has(SF_HTTP) && load_request(w, s);
  ask(w, s, PHASE_PROXY_TLVS, shown);
  w.loaded.edited = false;   // the page held no edits of the head
  Edits edits(w.window.edits(), w.window.edit_size());
  for (Edit edit; edits.next(edit);)
    if (edit.op == EDIT_TLV && length + 3 + edit.size <= room) length = add_proxy_tlv(header, length, static_cast<uint8_t>(edit.row), {edit.text, edit.size});
  return length;
}

Greeted say_proxy_header(Worker& w, Session& s) {
  constexpr size_t CHECKSUM = 7;
  int32_t options = server_of(w, s).options;
  char* header = w.scratch.data();
  s.target->flags |= CO_PRIVATE;
  const Address& to = destination_of(w, s);
  if ((options & SO_SEND_PROXY_V2) == 0) return say(w, s, header, write_proxy_v1(s.source, to, header), Greeting::None);
  size_t n = write_proxy_v2(s.source, to, false, header);
  if ((options & SO_TLVS) != 0) n = add_tlvs(w, s, header, n, w.scratch.size() - CHECKSUM);
  if ((options & SO_CRC32C) != 0) n = add_proxy_checksum(header, n);
  return say(w, s, header, n, Greeting::None);
}

using Line = Greeted (*)(Worker&, Session&);
// In the order of Greeting, without None.
constexpr Line STEPS[] = {ask_socks, hear_socks, say_proxy_header};

}  // namespace

Greeting first_greeting(const ServerConf& server) { return server.socks4.length > 0 ? Greeting::Socks : behind_socks(server); }

Greeted greet(Worker& w, Session& s) {
  Greeted greeted = Greeted::Done;
  while (greeted == Greeted::Done && s.target->greeting != Greeting::None) greeted = STEPS[static_cast<size_t>(s.target->greeting) - 1](w, s);
  return greeted;
}

}  // namespace tsproxy
