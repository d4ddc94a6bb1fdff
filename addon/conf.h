// What the core hands to the engine at start: plain tables, constant while the engine lives.
// Indices: proxies, servers and listeners are numbered over the whole configuration; they name the same thing in
// src/config/model.ts, in the shared pages and in verdicts.
#pragma once
#include <sys/socket.h>
#include <bitset>
#include <cstdint>
#include <string>
#include <vector>
#include "abi.h"
#include "header_case.h"

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

// TCP keep-alive; 0: the system's.
struct KeepAlive {
  int32_t count = 0, idle_s = 0, interval_s = 0;
};

struct ProxyConf {
  int32_t options = 0;              // PO_ bits
  int32_t timeouts[TO_COUNT] = {};  // ms, 0 = none
  int32_t phases = 0;               // bit PHASE_x: the plan has something to decide there
  int32_t default_backend = -1;     // proxy index; a listen section names itself
  int32_t retries = 3;
  int32_t redispatch = 0;           // 0 off, else the interval of `option redispatch`
  KeepAlive client_keepalive, server_keepalive;   // PO_TCPKA_CLIENT, PO_TCPKA_SERVER
  int32_t private_most = 5;         // max-session-srv-conns: server connections that one client keeps for itself
  int32_t retry_on = RE_CONN_FAILURE;   // RE_ bits
  std::string send_name;            // http-send-name-header, empty = none
  int32_t errors[600] = {};         // status -> response index + 1, 0 = the built-in one, NO_ANSWER, ASK_CORE
  static constexpr int32_t NO_ANSWER = -1, ASK_CORE = -2;
  ForwardFor forward_for;
};

enum class SourceFrom : int32_t { Configured = SRC_CONFIGURED, Other = SRC_OTHER, Client = SRC_CLIENT, ClientIp = SRC_CLIENT_IP, Header = SRC_HEADER };

// Where connections to a server come from (manual: source).
struct SourceConf {
  SocketAddress address;            // length 0 = the kernel's choice
  uint16_t port = 0, port_high = 0; // of `address`; a range if port_high is above port
  SourceFrom from = SourceFrom::Configured;
  SocketAddress transparent;        // SourceFrom::Other
  bool transparent_port = false;    // ... and it has a port
  std::string header;               // SourceFrom::Header: name, lower case
  int32_t occurrence = -1;
  std::string interface;            // empty: any
};

struct ServerConf {
  int32_t proxy = 0;
  int32_t id = 0;                   // among the servers of its backend
  std::string name;
  int32_t options = 0;              // SO_ bits
  SocketAddress address;
  int32_t port_offset = 0;          // SO_MAP_PORT, SO_TRANSPARENT
  SourceConf source;
  SocketAddress socks4;             // connections go through this SOCKS4 proxy; length 0: directly
  int32_t user_timeout_ms = 0;      // tcp-ut, 0 = the system's
  std::string congestion;           // TCP congestion control, empty = the system's
  int32_t pool_max = -1;            // idle connections kept, all workers together; -1 = no limit
  int32_t pool_low = 0;             // below so many no worker takes one over from another
  int32_t max_reuse = -1;
  int32_t pool_purge_ms = 5000;     // 0: none is kept
  int32_t error_limit = 10;         // observe: consecutive errors that make a trip of SS_ERRORS_TRIPS
};

struct ListenerConf {
  int fd = -1;                      // bound by the main thread; -1: not opened, never touched
  int32_t frontend = 0;
  int32_t options = 0;              // LO_ bits
  int32_t backlog = 1024;           // to listen again after a pause
};

struct EngineConf {
  std::vector<int32_t> latency_buckets;   // ms, rising, fewer than HT_BUCKETS; empty: no histograms
  std::bitset<500> error_codes, fail_codes;   // http-err-codes, http-fail-codes: status - 100
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
  int32_t options = 0;              // GO_ bits
  HeaderCases header_cases;         // h1-case-adjust
  bool share_idle = false;          // workers take idle server connections over from each other (tune.idle-pool.shared)
  std::vector<ProxyConf> proxies;
  std::vector<ServerConf> servers;
  std::vector<ListenerConf> listeners;
  std::vector<std::string> responses;   // canned responses: head and body as on the wire, with content-length
};

}  // namespace tsproxy
