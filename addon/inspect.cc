#include "inspect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <cstring>
#include "decision.h"
#include "engine_parts.h"

namespace tsproxy {

namespace {

constexpr int32_t ADDRESS_CELLS = 6;   // family, port, 16 bytes

void put(int32_t* cells, const Address& a) {
  cells[0] = a.family;
  cells[1] = a.port;
  std::memcpy(&cells[2], a.bytes, sizeof a.bytes);
}

bool put_tcp_info(const Connection* c, int32_t* cells) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (c == nullptr || c->fd < 0 || sys::get_option(c->fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return false;
  const uint32_t values[] = {info.tcpi_rtt,  info.tcpi_rttvar,  info.tcpi_unacked, info.tcpi_sacked,
                             info.tcpi_lost, info.tcpi_retrans, info.tcpi_fackets, info.tcpi_reordering};
  for (uint32_t value : values) *cells++ = static_cast<int32_t>(value);
  return true;
}

bool put_server_addresses(const Connection* c, int32_t* cells) {
  sockaddr_storage local{}, remote{};
  socklen_t length = sizeof local, other = sizeof remote;
  if (c == nullptr || c->fd < 0) return false;
  if (sys::local_address(c->fd, &local, &length) < 0 || sys::peer_address(c->fd, &remote, &other) < 0) return false;
  put(cells, address_of(local));
  put(cells + ADDRESS_CELLS, address_of(remote));
  return true;
}

bool put_client_addresses(Worker& w, Session& s, int32_t* cells) {
  put(cells, s.connection != nullptr ? s.connection->source : s.source);
  put(cells + ADDRESS_CELLS, s.connection != nullptr ? s.connection->destination : destination_of(w, s));
  return true;
}

}  // namespace

size_t saved_syn(const Session& s, void* to, size_t room) {
  auto length = static_cast<socklen_t>(room);
  if (s.client == nullptr || s.client->fd < 0) return 0;
  return sys::get_option(s.client->fd, IPPROTO_TCP, TCP_SAVED_SYN, to, &length) < 0 ? 0 : length;
}

bool inspect(Worker& w, Session& s, int32_t what) {
  int32_t* cells = &w.window.facts()[FACT_INSPECTED];
  switch (what) {
    case INSPECT_CLIENT_TCP: return put_tcp_info(s.client, cells);
    case INSPECT_SERVER_TCP: return put_tcp_info(s.target, cells);
    case INSPECT_SERVER_ADDRESSES: return put_server_addresses(s.target, cells);
    case INSPECT_CLIENT_ADDRESSES: return put_client_addresses(w, s, cells);
    default: return false;
  }
}

}  // namespace tsproxy
