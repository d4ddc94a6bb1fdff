// What the core hands to the engine at start: plain tables, constant while the engine lives.
// Indices: proxies, servers and listeners are numbered over the whole configuration; they name the same thing in
// src/config/model.ts, in the shared pages and in verdicts.
#pragma once
#include <sys/socket.h>
#include <cstdint>
#include <string>
#include <vector>
#include "abi.h"

namespace tsproxy {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;   // 0: none
};

// option forwardfor: adds `name: <client address>` to requests (manual: option forwardfor).
struct ForwardFor {
  bool on = false;
  bool if_none = false;             // only if the header is not there yet
  std::string name;                 // "x-forwarded-for"
  uint8_t except_family = 0;        // 0: no exception, else 4 or 6
  uint8_t except_address[16] = {};
  uint8_t except_prefix = 0;        // bits
};

struct ProxyConf {
  int32_t options = 0;              // PO_ bits
  int32_t timeouts[TO_COUNT] = {};  // ms, 0 = none
  int32_t phases = 0;               // bit PHASE_x: the plan has something to decide there
  int32_t default_backend = -1;     // proxy index; a listen section names itself
  int32_t retries = 3;
  int32_t redispatch = 0;           // 0 off, else the interval of `option redispatch`
  int32_t errors[600] = {};         // status -> response index + 1, 0 = the built-in one
  ForwardFor forward_for;
};

struct ServerConf {
  int32_t proxy = 0;
  int32_t options = 0;              // SO_ bits
  SocketAddress address;
  SocketAddress source;             // `source`, length 0 = kernel's choice
  std::string congestion;           // TCP congestion control, empty = the system's
  int32_t pool_max = -1;            // idle connections kept, per worker; -1 = no limit
  int32_t max_reuse = -1;
  int32_t pool_purge_ms = 5000;
};

struct ListenerConf {
  int fd = -1;                      // bound by the main thread; -1: not opened, never touched
  int32_t frontend = 0;
  int32_t options = 0;              // LO_ bits
};

struct EngineConf {
  int32_t worker = 0;
  int32_t workers = 1;
  int32_t bufsize = 16384;          // tune.bufsize: largest head, size of a buffer
  int32_t maxrewrite = 1024;        // tune.maxrewrite
  int32_t max_headers = 101;        // tune.http.maxhdr
  int32_t max_accept = 64;          // tune.maxaccept: accepts per listener and pass
  int32_t pipe_size = 0;            // tune.pipesize, 0 = the largest the user's pipe limits carry
  int32_t max_pipes = 0;            // maxpipes of the process, shared by the workers
  int32_t max_connections = 2000;   // global maxconn, shared by the workers
  bool splice = true;               // false: nosplice, -dS
  std::vector<ProxyConf> proxies;
  std::vector<ServerConf> servers;
  std::vector<ListenerConf> listeners;
  std::vector<std::string> responses;   // canned responses: head and body as on the wire, with content-length
};

}  // namespace tsproxy
