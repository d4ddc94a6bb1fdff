// Listeners that are paused, opened again and closed while clients come: nobody who was connected is lost. Limits and rates.
#include "rate.h"
#include "rig.h"

using namespace rig;

namespace {

void echo(Wire& wire) {
  for (std::string bytes; !(bytes = wire.some()).empty();)
    if (!wire.send(bytes)) return;
}

// A socket that was bound to any port forgets it when it is paused: ours has one by number.
void listen_on_number(Rig& rig) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::close(rig.conf.listeners[0].fd);
  sockaddr_in a = loopback(rig.port);
  CHECK(::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0 && ::listen(fd, 1024) == 0);
  rig.conf.listeners[0].fd = fd;
}

std::vector<Wire> connect(int port, int n) {
  std::vector<Wire> clients;
  for (int i = 0; i < n; i++) {
    clients.push_back(Wire::to(port));
    clients.back().send("hello");
  }
  return clients;
}

int served(std::vector<Wire>& clients) {
  int n = 0;
  for (Wire& client : clients) n += client.exactly(5) == "hello";
  return n;
}

bool refused(int port) { return Wire::to(port).fd() < 0; }

// Does something in the engine's thread while clients wait in the listener's backlog.
std::vector<Wire> with_waiting(Rig& rig, int n, std::function<void()> act) {
  std::atomic<bool> held{false}, go{false}, done{false};
  rig.post([&] {
    held = true;
    while (!go) ::usleep(100);
    act();
    done = true;
  });
  while (!held) ::usleep(100);
  std::vector<Wire> clients = connect(rig.port, n);
  go = true;
  while (!done) ::usleep(100);
  return clients;
}

void set_listeners(Rig& rig, int32_t to) {
  rig.pages->proxy(0, PS_LISTENERS) = to;
  rig.pages->global(GS_LISTENERS_EPOCH).fetch_add(1);
  rig.engine->post();
}

bool listening(Rig& rig, int n) {
  return rig.wait_for([&] { return rig.pages->listener(0, LS_LISTENING) == n; });
}

}  // namespace

TEST(a_soft_stop_takes_who_waits_in_the_backlog) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.start();
  std::vector<Wire> clients = with_waiting(rig, 200, [&] { rig.engine->stop_listening(); });
  CHECK(served(clients) == 200);
  CHECK(rig.wait_for([&] { return rig.engine->listening() == 0; }));
  CHECK(refused(rig.port));
  clients.clear();
  CHECK(rig.quiet());
}

TEST(a_soft_stop_at_the_limit_waits_for_places) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.conf.max_connections = 3;
  rig.start();
  std::vector<Wire> clients = with_waiting(rig, 12, [&] { rig.engine->stop_listening(); });
  CHECK(rig.wait_for([&] { return rig.engine->sessions() == 3 && rig.engine->listening() == 1; }));
  for (Wire& client : clients) {
    CHECK(client.exactly(5) == "hello");
    client.close();
  }
  CHECK(rig.wait_for([&] { return rig.engine->listening() == 0; }));
  CHECK(rig.quiet());
}

TEST(a_paused_frontend_gives_its_port_up_and_takes_it_again) {
  Origin origin(echo);
  Rig rig({origin.port()});
  listen_on_number(rig);
  rig.start();
  for (int round = 0; round < 3; round++) {
    std::vector<Wire> clients = with_waiting(rig, 20, [&] { set_listeners(rig, LISTEN_PAUSED); });
    CHECK(served(clients) == 20);
    CHECK(listening(rig, 0));
    CHECK(refused(rig.port));
    set_listeners(rig, LISTEN_OPEN);
    CHECK(listening(rig, 1));
    clients = connect(rig.port, 3);
    CHECK(served(clients) == 3);
  }
}

TEST(a_closed_frontend_stays_closed) {
  Origin origin(echo);
  Rig rig({origin.port()});
  listen_on_number(rig);
  rig.start();
  std::vector<Wire> before = connect(rig.port, 1);
  CHECK(served(before) == 1);
  set_listeners(rig, LISTEN_PAUSED);
  CHECK(listening(rig, 0));
  set_listeners(rig, LISTEN_CLOSED);
  CHECK(rig.wait_for([&] { return rig.engine->listening() == 0; }));
  set_listeners(rig, LISTEN_OPEN);
  rig.post([&] { rig.engine->pause_listening(false); });
  CHECK(rig.wait_for([&] { return rig.engine->listening() == 0; }));
  CHECK(refused(rig.port));
  before[0].send("still");
  CHECK(before[0].exactly(5) == "still");
}

TEST(a_pause_of_all_does_not_open_a_frontend_that_is_paused) {
  Origin origin(echo);
  Rig rig({origin.port()});
  listen_on_number(rig);
  rig.start();
  set_listeners(rig, LISTEN_PAUSED);
  CHECK(listening(rig, 0));
  rig.post([&] {
    rig.engine->pause_listening(true);
    rig.engine->pause_listening(false);
  });
  CHECK(listening(rig, 0));
  set_listeners(rig, LISTEN_OPEN);
  CHECK(listening(rig, 1));
}

TEST(the_maxconn_of_the_process_changes_while_it_runs) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.pages->global(GS_MAXCONN) = 2;
  rig.start();
  std::vector<Wire> clients = connect(rig.port, 5);
  CHECK(rig.wait_for([&] { return rig.engine->sessions() == 2; }));
  rig.pages->global(GS_MAXCONN) = 4;
  rig.engine->post();
  CHECK(rig.wait_for([&] { return rig.engine->sessions() == 4; }));
  rig.pages->global(GS_MAXCONN) = 0;   // as configured
  rig.engine->post();
  CHECK(served(clients) == 5);
}

TEST(rates_of_a_window_that_slides) {
  std::atomic<int32_t> cells[3] = {};
  uint64_t now = 5'000'000;
  CHECK(rate::wait_ms(cells, 10, now) == 0);
  for (int i = 0; i < 10; i++) rate::count(cells, now);
  CHECK(rate::now(cells, now) == 10 && rate::wait_ms(cells, 10, now) == 100 && rate::wait_ms(cells, 11, now) == 0);
  CHECK(rate::now(cells, now + 999) == 10);
  CHECK(rate::now(cells, now + 1000) == 10);   // the last second counts whole yet
  CHECK(rate::now(cells, now + 1500) == 5);
  rate::count(cells, now + 1500);
  CHECK(rate::now(cells, now + 1500) == 6);
  CHECK(rate::now(cells, now + 2000) == 1);
  CHECK(rate::now(cells, now + 4000) == 0);    // nothing in the second before
  CHECK(rate::wait_ms(cells, 0, now + 4000) == 0);
}

TEST(no_more_sessions_a_second_than_a_limit_says) {
  struct {
    std::function<void(Pages&)> limit;
  } cases[] = {
      {[](Pages& pages) { pages.global(GS_CONN_RATE_LIMIT) = 20; }},
      {[](Pages& pages) { pages.global(GS_SESS_RATE_LIMIT) = 20; }},
      {[](Pages& pages) { pages.proxy(0, PS_RATE_LIMIT) = 20; }},
  };
  for (auto& one : cases) {
    Origin origin(echo);
    Rig rig({origin.port()});
    one.limit(*rig.pages);
    rig.start();
    std::vector<Wire> clients = connect(rig.port, 30);
    CHECK(rig.wait_for([&] { return rig.counter(CW_RATE_PAUSED) > 0; }));
    CHECK(served(clients) == 30);   // who had to wait is served later
  }
}

RUN_TESTS()
