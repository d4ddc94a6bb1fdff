#include "route.h"

#include <netinet/in.h>
#include <strings.h>
#include <cerrno>
#include <cstring>
#include "decision.h"
#include "engine_parts.h"
#include "server_address.h"
#include "stream.h"

namespace tsproxy {

namespace {

constexpr int PORT_TRIES = 10;   // ports of a range that somebody else may hold

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_ip(const Address& a) { return a.family == 4 || a.family == 6; }

bool same(const Address& a, const Address& b) {
  if (a.family != b.family || a.port != b.port) return false;
  size_t n = a.family == 4 ? 4 : a.family == 6 ? 16 : 0;
  return std::memcmp(a.bytes, b.bytes, n) == 0;
}

SocketAddress socket_address(const Address& a) {
  SocketAddress made;
  if (a.family == 4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(a.port);
    std::memcpy(&in.sin_addr, a.bytes, 4);
    std::memcpy(&made.storage, &in, made.length = sizeof in);
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(a.port);
    std::memcpy(&in.sin6_addr, a.bytes, 16);
    std::memcpy(&made.storage, &in, made.length = sizeof in);
  }
  return made;
}

void set_port(SocketAddress& a, uint16_t port) {
  // Both families have it at the same place.
  if (a.storage.ss_family == AF_INET || a.storage.ss_family == AF_INET6)
    reinterpret_cast<sockaddr_in*>(&a.storage)->sin_port = htons(port);
}

// The value of a comma-separated list, counted from its first (1…) or its last (-1…) one over all headers of that name.
struct Occurrence {
  const char* bytes;
  const Http1Head& head;
  const std::string& name;

  template <typename Visit>
  void each(Visit&& visit) const {
    for (int32_t i = 0; i < head.count; i++) {
      const HeaderField& field = head.fields[i];
      if (static_cast<size_t>(field.name.len) != name.size() || strncasecmp(bytes + field.name.off, name.data(), name.size()) != 0) continue;
      std::string_view rest(bytes + field.value.off, static_cast<size_t>(field.value.len));
      for (;;) {
        size_t comma = rest.find(',');
        visit(rest.substr(0, comma));
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
      }
    }
  }
  std::string_view find(int32_t occurrence) const {
    int32_t count = 0, wanted = occurrence;
    if (wanted < 0) {
      each([&](std::string_view) { count++; });
      wanted += count + 1;
    }
    std::string_view found;
    count = 0;
    each([&](std::string_view value) {
      if (++count == wanted) found = value;
    });
    return found;
  }
};

bool show_request(Worker& w, Session& s) { return s.has(SF_HTTP) && load_request(w, s) && (!w.loaded.edited || apply_edits(w)); }

Address header_address(Worker& w, Session& s, const SourceConf& source) {
  if (!show_request(w, s)) return {};
  const Loaded& m = w.loaded;
  std::string_view value = Occurrence{m.bytes + m.head.skipped, m.head, source.header}.find(source.occurrence);
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
  Address found;
  return parse_address(value, found) ? found : Address();
}

Address source_of(Worker& w, Session& s, const SourceConf& source) {
  Address from;
  if (source.from == SourceFrom::Header) return header_address(w, s, source);
  if (source.from >= SourceFrom::Client && is_ip(s.source)) from = s.source;
  if (source.from == SourceFrom::ClientIp) from.port = 0;
  return from;
}

int set_transparent(int family, int fd) {
  int on = 1;
  if (family == AF_INET6) return sys::set_option(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &on, sizeof on);
  return sys::set_option(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof on);
}

int bind_to(int fd, const SocketAddress& address, bool has_port) {
  int on = 1;
  sys::set_option(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // The kernel chooses the port when it knows the destination: 64k connections for each of them, not for all together.
  if (!has_port) sys::set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  return sys::bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.length);
}

int bind_to_range(Worker& w, int32_t server, const SourceConf& source, int fd, uint16_t& port) {
  SourcePorts& ports = w.board->source_ports(server, source.port, source.port_high);
  SocketAddress address = source.address;
  int rc = -EADDRNOTAVAIL;
  for (int tries = 0; tries < PORT_TRIES; tries++) {
    port = ports.take();
    if (port == 0) return -EADDRNOTAVAIL;
    set_port(address, port);
    rc = bind_to(fd, address, true);
    if (rc >= 0) return rc;
    ports.give_back(port);
    port = 0;
    if (rc != -EADDRINUSE) return rc;
  }
  return rc;
}

}  // namespace

bool operator==(const Route& a, const Route& b) { return same(a.to, b.to) && same(a.from, b.from); }

bool make_route(Worker& w, Session& s, Route& route) {
  const ServerConf& server = w.conf.servers[static_cast<size_t>(s.server)];
  route = Route();
  route.from = source_of(w, s, server.source);
  if ((server.options & (SO_MAP_PORT | SO_TRANSPARENT)) == 0) return true;
  const Address& client = destination_of(w, s);
  if (!is_ip(client)) return false;
  if ((server.options & SO_TRANSPARENT) != 0) route.to = client;
  route.to.port = static_cast<uint16_t>((server.options & SO_MAP_PORT) != 0 ? client.port + server.port_offset : server.port_offset);
  return true;
}

int find_target(Worker& w, int32_t server, const Route* route, Target& target) {
  ServerAddress kind = read_server_address(*w.pages, server, target.address, target.version);
  if (route != nullptr && route->to.family != 0) {
    target.address = socket_address(route->to);
    return 0;
  }
  const ServerConf& conf = w.conf.servers[static_cast<size_t>(server)];
  if (kind == ServerAddress::None) return -ENETUNREACH;
  if (kind == ServerAddress::Configured) target.address = conf.address;
  if (route != nullptr && (conf.options & SO_MAP_PORT) != 0) set_port(target.address, route->to.port);
  return 0;
}

int bind_source(Worker& w, int32_t server, const Route* route, int family, int fd, uint16_t& port) {
  const SourceConf& source = w.conf.servers[static_cast<size_t>(server)].source;
  port = 0;
  if (!source.interface.empty()) {
    int rc = sys::set_option(fd, SOL_SOCKET, SO_BINDTODEVICE, source.interface.c_str(), static_cast<socklen_t>(source.interface.size() + 1));
    if (rc < 0) return rc;
  }
  bool client = route != nullptr && route->from.family != 0;
  if (client || source.from == SourceFrom::Other) {
    SocketAddress address = client ? socket_address(route->from) : source.transparent;
    if (address.storage.ss_family != family) return 0;   // a client of the other family can't be presented
    int rc = set_transparent(family, fd);
    return rc < 0 ? rc : bind_to(fd, address, client ? route->from.port != 0 : source.transparent_port);
  }
  if (source.address.length == 0 || source.address.storage.ss_family != family) return 0;
  if (source.port_high > source.port) return bind_to_range(w, server, source, fd, port);
  return bind_to(fd, source.address, source.port != 0);
}

void return_port(Worker& w, int32_t server, uint16_t port) {
  if (port == 0) return;
  const SourceConf& source = w.conf.servers[static_cast<size_t>(server)].source;
  w.board->source_ports(server, source.port, source.port_high).give_back(port);
}

}  // namespace tsproxy
