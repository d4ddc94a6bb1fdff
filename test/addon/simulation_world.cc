#include "simulation_world.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include "simulation_watch.h"

namespace simulation {

using namespace tsproxy;
using script::Call;
using script::Connecting;
using script::Fate;

namespace {

constexpr uint64_t NEVER = ~0ull;
constexpr int STEPS_MOST = 300000;
constexpr int IDLE_PASSES_MOST = 12;            // passes one after the other that did nothing: a busy loop
constexpr uint64_t CALLS_OF_A_PASS = 2000000;   // more: the pass does not come to an end
constexpr size_t LAST_LINES = 60;
const char* const ADDRESSES[] = {"10.0.0.1:80", "10.0.0.2:80"};

// What a call may meet. Nothing may be lost by any of these.
struct Harm {
  Call call;
  uint32_t feature;
  bool shortens;
  int errors[6];
};
const Harm HARMS[] = {
    {Call::Recv, FAULTS, true, {EAGAIN, EINTR}},
    {Call::Send, FAULTS, true, {EAGAIN, EINTR}},
    {Call::SpliceIn, FAULTS, true, {EAGAIN, EINTR, EINVAL, ENOSYS, EBADF, ENOMEM}},
    {Call::SpliceOut, FAULTS, true, {EAGAIN, EINTR, EINVAL, ENOSYS, EBADF, ENOMEM}},
    {Call::Read, FAULTS, true, {}},
    {Call::Peek, FAULTS, false, {EINTR}},
    {Call::EpollWait, FAULTS, false, {EINTR}},
    {Call::SetOption, FAULTS, false, {EPERM, ENOMEM}},
    {Call::Pipe, SHORTAGE, false, {EMFILE, ENFILE, ENOMEM}},
    {Call::SetPipeSize, SHORTAGE, false, {EPERM, ENOMEM, EBUSY}},
    {Call::Accept, SHORTAGE, false, {EMFILE, ENFILE, ENOMEM, ENOBUFS, ECONNABORTED, EINTR}},
    {Call::Socket, CONNECT_FAULTS, false, {EMFILE, ENFILE, ENOMEM}},
    {Call::Connect, CONNECT_FAULTS, false, {ECONNREFUSED, EADDRNOTAVAIL, ENETUNREACH, ETIMEDOUT, EAGAIN}},
};
constexpr uint32_t SHORTAGE_ODDS = 6;

// What a rough client's connection, or its server's, may meet.
const int ROUGH_ERRORS[] = {ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENOMEM, ENOBUFS};

}  // namespace

World::World(const Scene& s, bool trace) : scene(s), dice(mix(s.seed, 9)), core(*this), trace_(trace) { build(); }

World::~World() { engine.reset(); }

void World::build() {
  script::reset();
  listener = script::listener();
  pages = std::make_shared<Pages>(1, 1, scene.servers, 1);
  EngineConf conf;
  conf.bufsize = scene.bufsize;
  conf.maxrewrite = 512;
  conf.max_pipes = scene.max_pipes;
  conf.max_connections = scene.max_connections;
  conf.splice = scene.has(SPLICE);
  conf.proxies.resize(1);
  ProxyConf& proxy = conf.proxies[0];
  proxy.options = scene.options;
  proxy.default_backend = 0;
  proxy.phases = 1 << PHASE_END;
  if (scene.has(YIELDS)) proxy.phases |= 1 << PHASE_REQUEST | 1 << PHASE_RESPONSE | (scene.has(HTTP) ? 0 : 1 << PHASE_CONTENT);
  proxy.retries = 60;   // no client is that unlucky
  proxy.timeouts[TO_CLIENT] = proxy.timeouts[TO_SERVER] = 30000;
  proxy.timeouts[TO_CONNECT] = 5000;
  proxy.timeouts[TO_QUEUE] = 600000;
  for (int i = 0; i < scene.servers; i++) {
    ServerConf server;
    server.address = script::address(ADDRESSES[i]);
    conf.servers.push_back(server);
  }
  ListenerConf l;
  l.fd = listener;
  l.options = LO_SHARED;   // the listening descriptor stays the test's
  conf.listeners.push_back(l);
  script::one_segment(scene.one_segment);
  script::slots(scene.slots);
  if (scene.has(SHUFFLE)) script::shuffle(static_cast<uint32_t>(scene.seed) | 1);
  engine = std::make_unique<Engine>(conf, pages, core);
  engine->start();
  script::on_call([this](Call call, int fd) { return fate(call, fd); });
  script::fd_limit(scene.fd_limit + script::open_fds());
  for (int i = 0; i < scene.clients; i++)
    clients.push_back(std::make_unique<Client>(*this, i, rough_for_all() || (scene.has(ROUGH) && dice.one_in(2))));
}

bool World::is_rough(uint64_t client) const { return client < clients.size() && clients[client]->rough(); }

void World::fail(const std::string& what) {
  if (failure_.empty()) failure_ = what;
  note("FAILED: " + what);
}

void World::note(const std::string& what) {
  if (trace_) std::printf("%6llu ms  %s\n", static_cast<unsigned long long>(now), what.c_str());
}

void World::served(uint64_t id, const std::string& method) {
  bool twice = std::find(served_.begin(), served_.end(), id) != served_.end();
  if (twice && method == "POST" && !is_rough(id >> 16 & 0xffff)) fail("a POST reached servers twice");
  served_.push_back(id);
}

Actor* World::actor_at(int fd) {
  for (auto& c : clients)
    if (c->peer != nullptr && c->peer->fd() == fd) return c.get();
  for (auto& s : servers)
    if (s->peer->fd() == fd) return s.get();
  return nullptr;
}

Fate World::fate(Call call, int fd) {
  if (++calls_in_pass_ == CALLS_OF_A_PASS) {
    std::printf("seed %llu: a pass does not end\n%s", static_cast<unsigned long long>(scene.seed), describe(*engine).c_str());
    std::fflush(stdout);
    std::abort();
  }
  if (call == Call::Connect) {
    const Connecting ways[] = {Connecting::Now, Connecting::Later, Connecting::Later, Connecting::Hang};
    Connecting way = dice.any(ways);
    for (int i = 0; i < scene.servers; i++) script::on_connect(ADDRESSES[i], way);
    ways_.push_back(way);
  }
  bool moves = call == Call::Recv || call == Call::Send || call == Call::SpliceIn || call == Call::SpliceOut;
  if (moves && scene.has(ROUGH) && dice.one_in(scene.rough_odds * 4)) {
    Actor* actor = actor_at(fd);
    if (actor != nullptr && actor->rough()) {
      faults++;
      note(actor->name() + ": a call fails");
      return {dice.any(ROUGH_ERRORS)};
    }
  }
  for (const Harm& harm : HARMS) {
    if (harm.call != call || !scene.has(harm.feature)) continue;
    if (!dice.one_in(harm.feature == FAULTS ? scene.fault_odds : SHORTAGE_ODDS)) return {};
    faults++;
    size_t errors = 0;
    while (errors < 6 && harm.errors[errors] != 0) errors++;
    size_t which = dice.below(errors + (harm.shortens ? errors + 1 : 0));
    bool shortened = which >= errors;
    if (trace_) note("call " + std::to_string(static_cast<int>(call)) + " on " + std::to_string(fd) + (shortened ? " is cut short" : " fails: " + std::to_string(harm.errors[which])));
    if (call == Call::Connect) ways_.pop_back();
    return shortened ? Fate{0, dice.one_in(2) ? dice.between(1, 20) : dice.between(1, 5000)} : Fate{harm.errors[which]};
  }
  return {};
}

void World::meet_connections() {
  while (servers.size() < script::connections()) servers.push_back(std::make_unique<Server>(*this, servers.size(), ways_[servers.size()]));
}

void World::pass() {
  uint64_t before = mix(progress(*engine), faults);
  calls_in_pass_ = 0;
  if (scene.has(NO_MEMORY) && dice.one_in(6)) starve(static_cast<long>(dice.below(12)), static_cast<long>(dice.between(1, 3)));
  engine->pass();
  feed_again();
  meet_connections();
  idle_passes_ = mix(progress(*engine), faults) == before ? idle_passes_ + 1 : 0;
  if (trace_) note("pass\n" + describe(*engine));
  if (idle_passes_ > IDLE_PASSES_MOST) fail("passes that do nothing: a busy loop");
  std::string wrong = broken_between_passes(*engine, 1);
  if (!wrong.empty()) fail(wrong);
}

bool World::act_one() {
  std::vector<Actor*> able;
  for (auto& c : clients)
    if (!c->over && c->due <= now) able.push_back(c.get());
  for (auto& s : servers)
    if (!s->over && s->due <= now) able.push_back(s.get());
  if (able.empty()) return false;
  able[dice.below(able.size())]->act();
  idle_passes_ = 0;
  return true;
}

// To the next thing that is due; false: nothing ever is.
bool World::jump() {
  uint64_t next = core.next_due(), timer = script::next_timer();
  for (auto& c : clients)
    if (!c->over) next = std::min(next, c->due);
  for (auto& s : servers)
    if (!s->over) next = std::min(next, s->due);
  if (timer != script::UNLIMITED) next = std::min(next, now + timer);
  if (next == NEVER) return false;
  uint64_t ms = std::max<uint64_t>(next, now + 1) - now;
  script::advance(ms);
  now += ms;
  core.resume_due(now);
  idle_passes_ = 0;
  return true;
}

// False: the run is over.
bool World::step() {
  bool ready = script::ready(engine->fd());
  if (ready && !dice.one_in(3)) {
    pass();
    return true;
  }
  if (act_one()) return true;
  if (ready) {
    pass();
    return true;
  }
  bool done = engine->sessions() == 0 && std::all_of(clients.begin(), clients.end(), [](const auto& c) { return c->over; });
  return !done && jump();
}

std::string World::run() {
  int steps = 0;
  while (!failed() && step())
    if (++steps > STEPS_MOST) fail("the run does not end");
  return failed() ? failure_ : finish();
}

std::string World::finish() {
  for (auto& c : clients) {
    if (!c->over) fail(c->name() + " waits for ever");
    else if (!c->complete && !c->rough()) fail(c->name() + " did not get everything");
  }
  std::string left = left_at_the_end(*engine);
  if (!left.empty()) fail(left);
  script::on_call(nullptr);
  engine.reset();
  if (script::open_fds() != 1) fail(std::to_string(script::open_fds() - 1) + " descriptors are left");
  if (script::open_pipes() != 0) fail("pipes are left");
  if (!script::misuse().empty()) fail(script::misuse());
  return failure_;
}

}  // namespace simulation
