// Limits of the process, shared by two workers over the same pages.
#include "rig.h"
#include "slot.h"

using namespace rig;

namespace {

// Two engines; each queues what finds the only slot taken.
class Queueing : public Decider {
 public:
  explicit Queueing(Pages& pages) : pages_(pages) {}
  int32_t decide(int32_t phase, uint32_t session) override {
    if (phase == PHASE_SLOT) {
      asked++;
      serve();
    }
    if (phase != PHASE_SERVER) return VERDICT_CONTINUE;
    if (tsproxy::take(pages_.server(0, SS_SESSIONS), 1)) return VERDICT_SERVER;
    pages_.server(0, SS_QUEUED).fetch_add(1);
    queue.push_back(session);
    return VERDICT_QUEUE;
  }
  void serve() {
    while (!queue.empty() && tsproxy::take(pages_.server(0, SS_SESSIONS), 1)) {
      pages_.server(0, SS_QUEUED).fetch_sub(1);
      uint32_t next = queue.front();
      queue.erase(queue.begin());
      engine->resume(next, VERDICT_SERVER);
    }
  }
  Engine* engine = nullptr;
  std::vector<uint32_t> queue;
  std::atomic<int> asked{0};

 private:
  Pages& pages_;
};

struct WorkerThread {
  WorkerThread(EngineConf conf, std::shared_ptr<Pages> pages, int worker, int listener) : decider(*pages) {
    conf.worker = worker;
    conf.workers = 2;
    conf.listeners[0].fd = listener;
    engine = std::make_unique<Engine>(conf, pages, decider);
    decider.engine = engine.get();
    engine->start();
    thread = std::thread([this] {
      while (!stop) {
        pollfd p{engine->fd(), POLLIN, 0};
        ::poll(&p, 1, 1000);
        engine->pass();
      }
    });
  }
  ~WorkerThread() {
    stop = true;
    engine->post();
    thread.join();
  }
  Queueing decider;
  std::unique_ptr<Engine> engine;
  std::atomic<bool> stop{false};
  std::thread thread;
};

struct Pair {
  explicit Pair(int origin, int32_t max_connections = 2000) {
    std::signal(SIGPIPE, SIG_IGN);
    conf.proxies.resize(1);
    conf.proxies[0].default_backend = 0;
    conf.proxies[0].timeouts[TO_CLIENT] = conf.proxies[0].timeouts[TO_SERVER] = conf.proxies[0].timeouts[TO_CONNECT] = 20000;
    conf.servers.resize(1);
    conf.servers[0].address = address(origin);
    conf.listeners.resize(1);
    conf.max_pipes = 4;
    conf.max_connections = max_connections;
    int fds[2] = {listen_socket(SOCK_NONBLOCK), listen_socket(SOCK_NONBLOCK)};
    for (int i = 0; i < 2; i++) {
      ports[i] = port_of(fds[i]);
      workers[i] = std::make_unique<WorkerThread>(conf, pages, i, fds[i]);
    }
  }
  uint64_t passes() { return __atomic_load_n(&pages->row(0)[CW_PASSES], __ATOMIC_RELAXED) + __atomic_load_n(&pages->row(1)[CW_PASSES], __ATOMIC_RELAXED); }
  EngineConf conf;
  std::shared_ptr<Pages> pages = std::make_shared<Pages>(2, 1, 1, 1);
  int ports[2];
  std::unique_ptr<WorkerThread> workers[2];
};

void echo(Wire& wire) {
  for (std::string bytes; !(bytes = wire.some()).empty();)
    if (!wire.send(bytes)) return;
}

}  // namespace

TEST(a_slot_goes_to_the_other_worker) {
  Origin origin(echo);
  Pair pair(origin.port());
  std::vector<Wire> clients;
  for (int i = 0; i < 8; i++) {
    clients.push_back(Wire::to(pair.ports[i % 2]));
    clients.back().send("x");
  }
  for (int served = 0; served < 8; served++) {
    // One of them has the slot, whichever.
    std::vector<pollfd> polls;
    for (Wire& c : clients) polls.push_back({c.fd(), POLLIN, 0});
    CHECK(::poll(polls.data(), polls.size(), 20000) == 1);
    for (size_t i = 0; i < polls.size(); i++)
      if (polls[i].revents != 0) {
        CHECK(clients[i].exactly(1) == "x");
        clients[i].close();
        clients.erase(clients.begin() + static_cast<long>(i));
        break;
      }
  }
}

TEST(workers_that_wait_are_still) {
  Origin origin(echo);
  Pair pair(origin.port());
  std::vector<Wire> clients;
  for (int i = 0; i < 6; i++) {
    clients.push_back(Wire::to(pair.ports[i % 2]));
    clients.back().send("x");
  }
  ::usleep(200000);
  uint64_t passes = pair.passes();
  ::usleep(300000);
  CHECK(pair.passes() - passes < 10);
}

TEST(a_free_connection_wakes_the_other_worker) {
  Origin origin(echo);
  Pair pair(origin.port(), 1);
  for (int i = 0; i < 6; i++) {
    Wire holder = Wire::to(pair.ports[i % 2]);
    holder.send("x");
    CHECK(holder.exactly(1) == "x");
    Wire waiter = Wire::to(pair.ports[(i + 1) % 2]);
    waiter.send("y");
    ::usleep(5000);
    holder.close();
    CHECK(waiter.exactly(1) == "y");
    waiter.close();
    for (int j = 0; j < 1000 && pair.pages->global(GS_CONNECTIONS) > 0; j++) ::usleep(1000);
  }
}

RUN_TESTS()
