// A session: a client end, a server end and two channels. docs/life-of-a-session.md tells its whole life.
// Each state has one step function (session.cc); run() calls steps until one has to wait.
#pragma once
#include <string>
#include "channel.h"
#include "proxy_protocol.h"
#include "timer.h"

namespace tsproxy {

struct Listener;

// In the order in which a session goes through them. Transient ones are never seen between two passes.
enum class SessionState : uint8_t {
  Start,         // transient: accepted
  ProxyHeader,   // a PROXY header must come
  Established,   // transient: layer 5 stands
  Inspect,       // tcp: rules look at the first bytes
  Body,          // http: rules wait for more of a body
  Head,          // http: waits for a request head, or is an idle keep-alive connection
  Request,       // transient: the head is complete and in the window
  Choose,        // transient: a server is needed
  Parked,        // the core will resume: a rule yielded, or it stands in a queue
  Connect,       // transient: a server is known
  Connecting,    // waits for the connection to stand
  Turnaround,    // waits before the next attempt
  Transfer,      // bytes move both ways; http: until both messages are complete
  Reply,         // an answer of our own is being sent
  Drain,         // our last word is sent and our side shut; what the client still sends is dropped
  Done,          // transient: nothing is left but the memory
  Count
};

enum SessionFlag : uint32_t {
  SF_HTTP = 0x1,             // mode http
  SF_RUN = 0x2,              // in the list of sessions to run
  SF_SLOT = 0x4,             // holds a slot of its server
  SF_IN_BACKEND = 0x8,       // counted in the backend's sessions
  SF_QUEUED = 0x10,          // parked in a queue of the core: it must be told if the session ends
  SF_CLIENT_KEEP = 0x20,     // the client connection goes on after this stream
  SF_SERVER_KEEP = 0x40,     // the server connection may serve another stream
  SF_STARTED = 0x80,         // the first byte of a request has come
  SF_STREAM = 0x100,         // a stream is open: its end must be told and counted
  SF_WRITTEN = 0x200,        // the request is serialised in `up`
  SF_RESPONDED = 0x400,      // the final response head has been passed on
  SF_DECIDED = 0x800,        // the rules have seen the response head that waits
  SF_TUNNEL = 0x1000,        // no more messages: bytes both ways
  SF_FRESH = 0x2000,         // the next connection must be a new one
  SF_REUSED = 0x4000,        // the server connection had been used before
  SF_UPGRADE = 0x8000,       // the request asks for an upgrade
  SF_HTTP10 = 0x10000,       // the client speaks HTTP/1.0
  SF_CLIENT_10_KEEP = 0x20000,   // ... and asked for keep-alive
  SF_WAS_QUEUED = 0x40000,
  SF_DATA_FROM_SERVER = 0x80000, // the server has sent a byte of this stream
  SF_LOCAL = 0x100000,       // answered by us
  SF_ANSWERED = 0x200000,    // resume() came: `answer` holds the verdict
  SF_INSPECTED = 0x400000,   // the inspect delay is over
  SF_REDISPATCH = 0x800000,  // the server that was chosen failed: another one is wanted
  SF_DESTINATION = 0x1000000, // `destination` is known
  SF_AGAIN = 0x2000000,      // the next decision goes on where the one before has stopped
  SF_PAUSED = 0x4000000,     // Parked: for inspect_ms
  SF_CONTINUED = 0x8000000,  // we have sent a 100 (Continue)
  SF_INSECURE = 0x10000000,  // a message of the stream had H1_INSECURE: neither connection is kept
  SF_NO_RETRY = 0x20000000,  // a rule forbids to send the request again (disable-l7-retry)
};

struct Reply {
  std::string head, body;    // as on the wire
};

struct Overrides;
struct Tracking;

// What a client's connection had before a PROXY header or a rule put other addresses in front, and the header's TLVs.
struct Endpoints {
  Address source, destination;
  std::string tlvs;                // kept for listeners with LO_KEEP_TLVS
};

struct SessionTimer : Timer {
  Session* session = nullptr;
};

struct RequestLine;

struct Session {
  uint32_t handle = 0;
  SessionState state = SessionState::Start;
  uint8_t phase = 0;               // Parked, Body: the phase that waits
  char cause = '-', where = '-';   // termination state (manual 8.5)
  uint32_t flags = 0;
  int32_t frontend = -1, backend = -1, server = -1, listener = -1;
  int32_t answer = 0;
  Connection* client = nullptr;
  Connection* target = nullptr;    // the server's connection
  Connection* aside = nullptr;     // connections that are this client's alone and lead elsewhere (reuse.h)
  Channel up, down;                // client -> server, server -> client
  Session* next_run = nullptr;
  SessionTimer timer;
  uint64_t accepted_ns = 0;        // on the loop's clock, as all of these
  uint64_t stream_ms = 0;          // start of the stream: accept, first byte of the request
  uint64_t state_ms = 0;           // when the present wait began
  uint64_t client_ms = 0, server_ms = 0;   // last activity of either end
  uint64_t connected_ms = 0;
  int32_t request_ms = -1, idle_ms = 0, queue_ms = -1, connect_ms = -1, response_ms = -1;   // durations
  int32_t handshake_ms = 0;        // from the accept to the end of the PROXY header, 0 if none was awaited
  int32_t inspect_ms = 0;          // how long rules may wait
  uint64_t server_first_ms = 0;    // mode tcp: when the rules have seen the first bytes of the server
  int32_t status = 0;
  uint32_t requests = 0;
  uint32_t seen = 0;               // bytes of an incomplete head that were searched already
  uint32_t counted_in = 0, counted_up = 0, counted_out = 0;   // low 32 bits of up.received, up.sent, down.sent that were counted
  int16_t retries = 0;             // attempts left
  uint8_t attempts = 0;            // failed connects
  uint8_t method = 0;              // HM_ of the client's request
  uint8_t sent_method = 0;         // ... of the request as the server gets it: rules may change it
  uint8_t interim = 0;             // 1xx responses passed on
  uint8_t client_error = 0;        // why there is no session: number of the manual's fc_err_str
  const char* fault = nullptr;     // why a message could not be read, static text
  Address source, destination;
  Reply* reply = nullptr;          // staged by reply()
  Overrides* overrides = nullptr;  // what rules changed for this stream
  Tracking* tracking = nullptr;    // entries of stick tables (stick_track.h); nullptr: none
  Endpoints* connection = nullptr; // nullptr: `source` and `destination` are the connection's
  RequestLine* line = nullptr;     // log_line.h
  const char* rest = nullptr;      // Reply: body bytes that are to be sent yet; they lie in conf, in `reply` or are static
  size_t rest_length = 0;

  bool has(uint32_t flag) const { return (flags & flag) != 0; }
};

enum class Step : uint8_t { Again, Wait };

// A connection of a listener becomes a session. False: no memory; the fd is closed.
bool begin_session(Worker& w, const Listener& listener, int fd, const Address& source);
// Puts the session on the list of those to run in this pass.
void wake(Worker& w, Session& s);
void run(Worker& w, Session& s);
Step after_accept(Worker& w, Session& s);    // the rules of `tcp-request connection` let it pass
Step after_session(Worker& w, Session& s);   // ... of `tcp-request session`
void enter(Worker& w, Session& s, SessionState state);

// transfer.cc: bytes move both ways.
Step step_transfer(Worker& w, Session& s);
void begin_tunnel(Worker& w, Session& s);
// BF_SPLICE, BF_AUTO or 0 for the direction of that option (PO_SPLICE_REQUEST, PO_SPLICE_RESPONSE).
uint16_t splice_flags(const Worker& w, const Session& s, int32_t option);
// Adds what moved since the last call to the counters of frontend, backend and server.
void account(Worker& w, Session& s);

}  // namespace tsproxy
