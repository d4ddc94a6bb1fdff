// Listeners: bound sockets of which a worker accepts. At a limit (global maxconn, the frontend's, the listener's, a rate) or out of
// descriptors a listener stops accepting: clients wait in the backlog, none is refused.
// A listener that is to be paused or closed takes what waits in its backlog first; as long as there is no place for those, it stays.
#pragma once
#include "loop.h"
#include "proxy_protocol.h"

namespace tsproxy {

struct Worker;
struct Session;

enum class ListenerState : uint8_t {
  Open,
  Pausing, Closing,   // what waits in the backlog is accepted yet
  Paused,             // its port is given up, unless others share the descriptor
  Closed,
};

struct Listener : Pollable {
  Listener() : Pollable(PollKind::Listener) {}
  int32_t index = 0;
  int32_t frontend = 0;
  int32_t options = 0;        // LO_ bits
  int32_t backlog = 0;
  ListenerState state = ListenerState::Closed;
  bool watched = false;       // in the epoll set
  bool full = false;          // waits for a free connection
  bool specific = false;      // bound to one address: `local` is what every client connected to
  Address local;

  bool accepts() const { return state <= ListenerState::Closing; }
  bool leaving() const { return state == ListenerState::Pausing || state == ListenerState::Closing; }
};

void open_listeners(Worker& w);                 // reads their addresses
void watch_listeners(Worker& w);                // watches those that may accept
void pause_listener(Worker& w, Listener& l);
void reopen_listener(Worker& w, Listener& l);   // after a pause; stays paused if its port has been taken
void close_listener(Worker& w, Listener& l);
void close_listeners(Worker& w);                // at once, whatever waits
// Brings each listener to what PS_LISTENERS says of its frontend, if that has changed.
void follow_listeners(Worker& w);
void accept_some(Worker& w, Listener& listener);
void resume_listeners(Worker& w);               // a place may be free: those that wait for one try again
// Gives the places of a client connection back and lets listeners that wait for one go on.
void leave_listener(Worker& w, const Session& s);
// Those that are not closed yet.
int32_t open_listeners_left(const Worker& w);

}  // namespace tsproxy
