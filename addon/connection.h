// A connection: one fd, what is known about it, and the bytes that were read ahead of what anybody has looked at.
// Flags stand in four groups. Who writes them:
//   event   set by note_events() from epoll, cleared by the call that said EAGAIN or came back short
//   status  set by note_events() and by calls that failed; never cleared
//   shut    set once, by the call that found the end or made it
//   control set by the owner: the session, or the pool of idle connections
// Example: a client that sends a request and its FIN gives IN|RDHUP once; receive() returns the bytes and, because of
// CO_RDHUP, leaves CO_IN set although the read was short; the next one returns 0 and sets CO_READ_END.
#pragma once
#include <memory>
#include <string>
#include "buffer.h"
#include "loop.h"
#include "route.h"

namespace tsproxy {

struct Session;

enum ConnectionFlag : uint16_t {
  CO_IN = 0x1,             // event: a read may give something
  CO_OUT = 0x2,            // event: a write may take something
  CO_RDHUP = 0x10,         // status: the peer's FIN is here, perhaps with bytes before it
  CO_HUP = 0x20,           // status: both ways are over, or it was never connected
  CO_FAILED = 0x40,        // status: EPOLLERR; bytes that came before the reset can still be read
  CO_WRITE_ERROR = 0x80,   // status: a write failed: nothing more leaves
  CO_READ_ERROR = 0x100,   // status: a read failed: nothing more comes
  CO_READ_END = 0x200,     // shut: end of stream was read, or a read failed
  CO_WRITE_SHUT = 0x400,   // shut: we have shut our write side
  CO_SETTLED = 0x8,        // control: the server answered after it had the whole request: nothing of ours is on the way
  CO_USED = 0x800,         // control: carries a stream, counted in the pool's `used`
  CO_NO_SPLICE = 0x1000,   // control: splice(2) can't work here
  CO_SERVER = 0x2000,      // control: a connection to a server
  CO_PRIVATE = 0x4000,     // control: bound to its client (NTLM, PROXY header): never shared
  CO_NOLINGER = 0x8000,    // control: option nolinger: closing drops what the peer has not taken
};

// What is still to be said to a server before the first byte of the stream (greeting.h).
enum class Greeting : uint8_t { None, Socks, SocksAnswer, ProxyHeader };

struct Connection : Pollable {
  Connection() : Pollable(PollKind::Connection) {}
  uint32_t handle = 0;
  int32_t server = -1;              // server index of a connection to a server
  uint16_t flags = 0;
  uint16_t source_port = 0;         // of a range: to be given back
  uint32_t uses = 0;                // streams it has carried
  int32_t address_version = 0;      // of the server's address (server_address.h)
  Greeting greeting = Greeting::None;
  std::unique_ptr<Route> route;     // where the server has more than one; nullptr else
  Session* session = nullptr;       // owner; nullptr while idle, and once closed
  Buffer ahead;                     // bytes read that nobody has looked at; at most bufsize
  Connection* newer = nullptr;      // neighbours in the pool of idle connections
  Connection* older = nullptr;
  uint64_t idle_since = 0;          // ms

  bool readable() const { return (flags & CO_IN) != 0 && (flags & CO_READ_END) == 0; }
  bool writable() const { return (flags & CO_OUT) != 0 && (flags & (CO_WRITE_SHUT | CO_WRITE_ERROR)) == 0; }
  bool ended() const { return (flags & CO_READ_END) != 0; }
};

void note_events(Connection& c, uint32_t events);
// Bytes read; 0: nothing now, the end, or an error, as the flags say.
size_t receive(Connection& c, void* to, size_t room);
// Bytes sent; 0: no room now or an error, as the flags say.
size_t transmit(Connection& c, const iovec* parts, int count);
void shut_write(Connection& c);
// For splice and others that call the kernel themselves: what a failed read or write means.
void read_failed(Connection& c, ssize_t error);
void write_failed(Connection& c, ssize_t error);

// Closing it will send nothing, as if it had vanished (TCP_REPAIR); where that is not allowed, or with a `ttl`, a reset that
// travels so many hops, 1 if 0.
void vanish(Connection& c, int ttl);

struct SocketOptions {
  bool tcp = true;
  bool keepalive = false;
  bool quickack_off = false;   // tcp-smart-accept, tcp-smart-connect
};
void set_socket_options(int fd, const SocketOptions& options);
void set_keepalive(int fd, const KeepAlive& conf);   // of a TCP socket

// TCP congestion control of a socket that is not connected yet: pacing, once begun, would stay. A name that the system refuses
// leaves the default, as in HAProxy (`cc`); empty: nothing is set.
void set_congestion(int fd, const std::string& name);

}  // namespace tsproxy
