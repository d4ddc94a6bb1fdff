#include "simulation_watch.h"

#include <cstdio>
#include "engine_parts.h"
#include "simulation_scene.h"
#include "sys_script.h"

namespace simulation {

using namespace tsproxy;

// The engine's insides are private to its own files; an explicit instantiation may name them.
Worker& worker_of(Engine& engine);
template <auto Member>
struct Opened {
  friend Worker& worker_of(Engine& engine) { return *(engine.*Member); }
};
template struct Opened<&Engine::parts_>;

namespace {

enum Hold : uint8_t { No, Yes, May };

// What a session may have in each of its states between two passes (docs/life-of-a-session.md).
struct Row {
  const char* name;
  bool lasting;           // false: transient, never seen between passes
  Hold target, slot;
  bool up, down;          // bytes may wait in buffers
  bool pipes;
  bool deadline;          // it always has one
};
constexpr Row STATES[] = {
    {"Start", false, No, No, false, false, false, false},
    {"ProxyHeader", true, No, No, false, false, false, true},
    {"Established", false, No, No, false, false, false, false},
    {"Inspect", true, No, No, false, false, false, true},
    {"Body", true, May, May, true, false, false, true},
    {"Head", true, May, No, false, false, false, true},
    {"Request", false, No, No, false, false, false, false},
    {"Choose", false, No, No, false, false, false, false},
    {"Parked", true, May, May, true, true, true, false},
    {"Connect", false, No, No, false, false, false, false},
    {"Connecting", true, Yes, Yes, true, true, false, true},
    {"Turnaround", true, No, Yes, true, true, false, true},
    {"Transfer", true, Yes, Yes, true, true, true, true},
    {"Reply", true, No, No, false, true, false, true},
    {"Drain", true, No, No, false, false, false, true},
    {"Done", false, No, No, false, false, false, false},
};
static_assert(sizeof STATES / sizeof STATES[0] == static_cast<size_t>(SessionState::Count));

struct Sums {
  int32_t sessions = 0, targets = 0, slots = 0, in_backend = 0, queued = 0;
  uint32_t small = 0, large = 0;
  int pipes = 0;
  size_t piped = 0;
};

std::string text(const Session& s, const std::string& what) {
  char head[64];
  std::snprintf(head, sizeof head, "session %x in state %s: ", s.handle, STATES[static_cast<size_t>(s.state)].name);
  return head + what;
}

std::string check_channel(const Session& s, const Channel& ch, const char* name, Sums& sums) {
  size_t in_pipe = ch.pipe == nullptr ? 0 : ch.pipe->bytes;
  bool empty = ch.buffer.length() - ch.kept == 0 && in_pipe == 0;
  if (ch.kept > ch.buffer.length()) return text(s, std::string(name) + " keeps more than its buffer holds");
  if (empty != ch.has(BF_EMPTY)) return text(s, std::string(name) + ": BF_EMPTY is wrong");
  if (ch.has(BF_EVENTS)) return text(s, std::string(name) + ": an event flag is left");
  if (ch.pipe != nullptr) {
    sums.pipes++;
    sums.piped += in_pipe;
    if (in_pipe == 0) return text(s, std::string(name) + " holds an empty pipe");
    if (script::piped(ch.pipe->out) != in_pipe) return text(s, std::string(name) + ": the pipe holds another number of bytes than its counter says");
  }
  if (ch.buffer.data() != nullptr) (ch.large ? sums.large : sums.small)++;
  bool tcp = !s.has(SF_HTTP) && s.state == SessionState::Transfer && !ch.has(BF_SHUTW);
  if (tcp && ch.received != ch.sent + ch.waiting() + in_pipe) return text(s, std::string(name) + ": bytes in are not bytes out and bytes held");
  return "";
}

std::string check_state(const Session& s) {
  const Row& row = STATES[static_cast<size_t>(s.state)];
  if (!row.lasting) return text(s, "transient state between passes");
  bool target = s.target != nullptr, slot = s.has(SF_SLOT);
  if (row.target != May && target != (row.target == Yes)) return text(s, target ? "has a server connection" : "has no server connection");
  if (row.slot != May && slot != (row.slot == Yes)) return text(s, slot ? "holds a slot" : "holds no slot");
  if (!row.up && !s.up.has(BF_EMPTY)) return text(s, "bytes wait for the server");
  if (!row.down && !s.down.has(BF_EMPTY)) return text(s, "bytes wait for the client");
  if (!row.pipes && (s.up.pipe != nullptr || s.down.pipe != nullptr)) return text(s, "holds a pipe");
  bool filed = s.timer.expires != TIMER_NEVER && s.timer.filed != TIMER_NEVER;
  if ((row.deadline || s.has(SF_QUEUED)) && !filed && !s.has(SF_RUN)) return text(s, "has no deadline");
  if (s.client == nullptr || s.client->fd < 0 || s.client->session != &s) return text(s, "has no client connection");
  if (target && (s.target->fd < 0 || s.target->session != &s)) return text(s, "its server connection is not its own");
  return "";
}

std::string check_session(Session& s, Sums& sums) {
  std::string wrong = check_state(s);
  if (wrong.empty()) wrong = check_channel(s, s.up, "up", sums);
  if (wrong.empty()) wrong = check_channel(s, s.down, "down", sums);
  sums.sessions++;
  sums.slots += s.has(SF_SLOT);
  sums.in_backend += s.has(SF_IN_BACKEND);
  sums.queued += s.has(SF_QUEUED);
  return wrong;
}

std::string differs(const char* what, int64_t counted, int64_t held) {
  return counted == held ? "" : std::string(what) + ": " + std::to_string(counted) + " counted, " + std::to_string(held) + " held";
}

std::string check_sums(Worker& w, const Sums& sums, int32_t idle, int listeners) {
  Pages& pages = *w.pages;
  int32_t server_slots = 0, used = 0, listed = 0;
  for (size_t i = 0; i < w.conf.servers.size(); i++) {
    int server = static_cast<int>(i);
    server_slots += pages.server(server, SS_SESSIONS).load();
    used += pages.server(server, SS_USED_CONNS).load();
    listed += pages.server(server, SS_IDLE).load();
  }
  int32_t connections = static_cast<int32_t>(w.connections.live());
  const struct {
    const char* what;
    int64_t counted, held;
  } rows[] = {
      {"sessions of the process", pages.global(GS_CONNECTIONS).load(), sums.sessions},
      {"sessions of the frontend", pages.proxy(0, PS_SESSIONS).load(), sums.sessions},
      {"connections of the listener", pages.listener(0, LS_CONNECTIONS).load(), sums.sessions},
      {"sessions of the backend", pages.proxy(0, PS_BACKEND_SESSIONS).load(), sums.in_backend},
      {"slots of the servers", server_slots, sums.slots},
      {"queued sessions", w.queued, sums.queued},
      {"idle server connections", listed, idle},
      {"server connections", used, sums.targets + idle},
      {"connections", connections, sums.sessions + sums.targets + idle},
      {"small blocks", w.small.in_use(), sums.small},
      {"large blocks", w.large.in_use(), sums.large},
      {"pipes in use", w.pipes.used(), sums.pipes},
      {"pipes in use, of the process", pages.global(GS_PIPES_USED).load(), sums.pipes},
      {"pipes that are open", pages.pipes().open.load(), script::open_pipes()},
      {"pipes that are open, or used and idle", w.pipes.used() + w.pipes.idle(), script::open_pipes()},
      {"bytes in pipes", static_cast<int64_t>(script::piped()), static_cast<int64_t>(sums.piped)},
      {"descriptors", script::open_fds(), 3 + listeners + connections + 2 * script::open_pipes()},
      {"bytes read", static_cast<int64_t>(w.row[CW_BYTES_IN]), static_cast<int64_t>(script::taken_in())},
      {"bytes sent", static_cast<int64_t>(w.row[CW_BYTES_OUT]), static_cast<int64_t>(script::given_out())},
  };
  for (const auto& row : rows) {
    std::string wrong = differs(row.what, row.counted, row.held);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace

std::string broken_between_passes(Engine& engine, int listeners) {
  Worker& w = worker_of(engine);
  Sums sums;
  std::string wrong = script::misuse();
  if (wrong.empty() && w.run_first != nullptr) wrong = "a session was woken and did not run";
  if (wrong.empty() && w.loaded.owner != nullptr) wrong = "the window is loaded";
  w.sessions.each([&](Session& s) {
    if (wrong.empty()) wrong = check_session(s, sums);
  });
  if (!wrong.empty()) return wrong;
  int32_t idle = 0;
  w.connections.each([&](Connection& c) {
    if (c.ahead.data() != nullptr) sums.small++;
    if ((c.flags & CO_SERVER) != 0) c.session == nullptr ? idle++ : sums.targets++;
  });
  return check_sums(w, sums, idle, listeners);
}

std::string left_at_the_end(Engine& engine) {
  Worker& w = worker_of(engine);
  if (w.sessions.live() > 0) return "sessions are left";
  if (w.small.in_use() + w.large.in_use() > 0) return "blocks are left";
  if (w.pipes.used() > 0) return "pipes are left";
  if (w.queued > 0) return "the queue is not empty";
  return script::piped() > 0 ? "bytes are left in a pipe" : "";
}

uint64_t progress(Engine& engine) {
  Worker& w = worker_of(engine);
  uint64_t sum = mix(script::taken_in(), script::given_out());
  for (int cell : {CW_ACCEPTED, CW_CONNECTIONS_MADE, CW_SESSIONS, CW_REQUESTS, CW_NO_MEMORY, CW_IDLE_DEAD, CW_ACCEPT_FAILED, CW_LISTENER_PAUSED})
    sum = mix(sum, w.row[cell]);
  sum = mix(sum, w.connections.live());
  w.sessions.each([&](Session& s) {
    sum = mix(sum, mix(s.handle, static_cast<uint64_t>(s.state) << 32 | s.flags));
    sum = mix(sum, static_cast<uint64_t>(s.client->flags) << 32 | (s.target == nullptr ? 0u : s.target->flags));
    sum = mix(sum, static_cast<uint64_t>(s.up.flags) << 32 | s.down.flags);
  });
  return sum;
}

std::string describe(Engine& engine) {
  std::string out;
  worker_of(engine).sessions.each([&](Session& s) {
    char line[320];
    auto side = [](const Connection* c) { return c == nullptr ? 0u : c->flags; };
    auto piped = [](const Channel& ch) { return ch.pipe == nullptr ? 0u : ch.pipe->bytes; };
    std::snprintf(line, sizeof line, "    %x %s flags %x client %d/%x target %d/%x up %x in %llu out %llu buf %u-%u pipe %u down %x in %llu out %llu buf %u-%u pipe %u\n",
                  s.handle, STATES[static_cast<size_t>(s.state)].name, s.flags, s.client->fd, side(s.client), s.target == nullptr ? -1 : s.target->fd,
                  side(s.target), s.up.flags, static_cast<unsigned long long>(s.up.received), static_cast<unsigned long long>(s.up.sent),
                  s.up.buffer.length(), s.up.kept, piped(s.up), s.down.flags, static_cast<unsigned long long>(s.down.received),
                  static_cast<unsigned long long>(s.down.sent), s.down.buffer.length(), s.down.kept, piped(s.down));
    out += line;
  });
  return out;
}

}  // namespace simulation
