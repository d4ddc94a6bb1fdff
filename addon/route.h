// Where a connection to a server goes to and comes from. Most servers have one address for all streams; the others are those without
// fixed address or port (manual: server), and those whose source is the client's (manual: source, usesrc).
#pragma once
#include "conf.h"
#include "proxy_protocol.h"

namespace tsproxy {

struct Worker;
struct Session;
struct Connection;

// What is the stream's own about a connection: connections of the same server with different routes are never interchanged.
struct Route {
  Address to;     // family 0: the server's address; the port holds all the same for servers with SO_MAP_PORT
  Address from;   // family 0: no client's address is presented
};
bool operator==(const Route& a, const Route& b);

inline bool has_routes(const ServerConf& server) {
  return (server.options & (SO_MAP_PORT | SO_TRANSPARENT)) != 0 || server.source.from >= SourceFrom::Client;
}

// The session's way to its server. False: it follows the address the client connected to, and that is none of IP.
bool make_route(Worker& w, Session& s, Route& route);

struct Target {
  SocketAddress address;
  int32_t version = 0;     // of the server's address (server_address.h)
};
// 0 or -errno: the server has no address now.
int find_target(Worker& w, int32_t server, const Route* route, Target& target);

// Binds a socket that is about to connect: address, interface, one port of the configured range. 0 or -errno. `port`: what has to be
// given back with return_port() when the socket is closed, else 0.
int bind_source(Worker& w, int32_t server, const Route* route, int family, int fd, uint16_t& port);
void return_port(Worker& w, int32_t server, uint16_t port);

}  // namespace tsproxy
