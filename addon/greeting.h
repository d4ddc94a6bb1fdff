// What is said to a server before the first byte of a stream: a request to the SOCKS4 proxy in front of it, then a PROXY header.
#pragma once
#include "session.h"

namespace tsproxy {

struct ServerConf;

enum class Greeted : uint8_t { Done, Wait, Failed };

// Where a new connection to this server begins.
Greeting first_greeting(const ServerConf& server);
// Goes on with the greeting of a connection that stands. Wait: for the SOCKS4 proxy's answer.
Greeted greet(Worker& w, Session& s);

}  // namespace tsproxy
