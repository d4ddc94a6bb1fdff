// Listeners: bound sockets of which a worker accepts. At a limit (global maxconn, the frontend's, the listener's) or out of
// descriptors a listener stops accepting: clients wait in the backlog, none is refused.
#pragma once
#include "loop.h"
#include "proxy_protocol.h"

namespace tsproxy {

struct Worker;
struct Session;

struct Listener : Pollable {
  Listener() : Pollable(PollKind::Listener) {}
  int32_t index = 0;
  int32_t frontend = 0;
  int32_t options = 0;        // LO_ bits
  bool watched = false;       // in the epoll set
  bool full = false;          // waits for a free connection
  bool specific = false;      // bound to one address: `local` is what every client connected to
  Address local;
};

void open_listeners(Worker& w);                 // reads their addresses
void watch_listeners(Worker& w);                // watches those that may accept
void ignore_listeners(Worker& w);
void close_listeners(Worker& w);
void accept_some(Worker& w, Listener& listener);
void resume_listeners(Worker& w);               // a place may be free: those that wait for one try again
// Gives the places of a client connection back and lets listeners that wait for one go on.
void leave_listener(Worker& w, const Session& s);

}  // namespace tsproxy
