// One run: an engine over the scripted kernel, clients and servers that follow dice, and a clock that jumps to what comes next.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>
#include "engine.h"
#include "simulation_message.h"
#include "simulation_scene.h"
#include "sys_script.h"

namespace simulation {

class World;

// One end of the wire outside of the engine: what clients and servers have in common.
class Actor {
 public:
  Actor(World& world, uint64_t salt);
  virtual ~Actor() = default;
  virtual void act() = 0;
  uint64_t due = 0;                 // ms of virtual time: when it acts next
  bool over = false;                // it does nothing more
  script::Peer* peer = nullptr;
  virtual bool rough() const = 0;   // faults that end connections may meet it
  virtual std::string name() const = 0;

 protected:
  void write_some(std::string& out);     // sends a part of what waits, in segments of some size
  void listen();                         // takes what has come
  void pace_reading();                   // opens or closes the socket's room
  void rest();                           // sets `due`
  bool misbehave();                      // a reset, a close or silence; true: it is over
  void note(const std::string& what);
  // Sends and receives streams (mode tcp, tunnels). True: both are over.
  bool stream();
  void begin_stream(uint64_t id, bool waits_for_end);
  World& world_;
  Dice dice_;
  std::string in_;
  StreamReader heard_;
  uint64_t stream_id_ = 0, stream_at_ = 0;
  bool shut_ = false, waits_ = false, slow_ = false, silent_ = false;
  bool did_ = false, met_ = false;   // since it rested last: something; ever: heard a byte
  int idle_ = 0;
};

class Client final : public Actor {
 public:
  Client(World& world, int number, bool rough);
  void act() override;
  bool rough() const override { return rough_; }
  std::string name() const override { return "client " + std::to_string(number_); }
  bool complete = false;

 private:
  void exchange();
  void request_more();
  void read_responses();
  bool read_one();
  void closed();
  void end(const char* how);
  int number_;
  bool rough_, connected_ = false, tunnel_ = false;
  uint64_t depth_;
  std::vector<Exchange> plan_;
  size_t asked_ = 0, answered_ = 0;
  std::string out_;
  MessageReader reader_;
  uint64_t body_at_ = 0;
};

class Server final : public Actor {
 public:
  Server(World& world, size_t nth, script::Connecting how);
  void act() override;
  bool rough() const override;
  std::string name() const override { return "server " + std::to_string(nth_); }

 private:
  bool stands();
  void exchange();
  bool read_requests();
  void request_head();
  void exchange_over();
  size_t nth_;
  script::Connecting how_;
  bool asked_whole_ = false, busy_ = false, answering_ = false, tunnel_ = false;
  Exchange now_;
  std::string out_;
  MessageReader reader_;
  uint64_t body_at_ = 0;
};

// The core: chooses servers, lets sessions wait, and resumes them.
class Core final : public tsproxy::Decider {
 public:
  explicit Core(World& world) : world_(world) {}
  int32_t decide(int32_t phase, uint32_t session) override;
  void resume_due(uint64_t now);
  uint64_t next_due() const;

 private:
  int32_t choose(uint32_t session);
  int32_t take(int32_t server);
  void forget(uint32_t session);
  void slot_free();
  struct Later {
    uint32_t session;
    int32_t phase;
    uint64_t at;
  };
  World& world_;
  std::vector<Later> later_;
  std::deque<std::pair<uint32_t, int32_t>> queue_;   // session, server
};

class World {
 public:
  World(const Scene& scene, bool trace);
  ~World();
  // "" or what went wrong, first thing first.
  std::string run();

  const Scene scene;
  Dice dice;
  std::shared_ptr<tsproxy::Pages> pages;
  Core core;
  std::unique_ptr<tsproxy::Engine> engine;
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::unique_ptr<Server>> servers;
  int listener = -1;
  uint64_t now = 0;                 // ms since the beginning
  uint64_t faults = 0;

  void fail(const std::string& what);
  bool failed() const { return !failure_.empty(); }
  void note(const std::string& what);
  bool tracing() const { return trace_; }
  bool is_rough(uint64_t client) const;
  bool rough_for_all() const { return scene.has(NO_MEMORY | FD_LIMIT); }
  void served(uint64_t id, const std::string& method);

 private:
  void build();
  bool step();
  bool act_one();
  void pass();
  void meet_connections();
  bool jump();
  std::string finish();
  script::Fate fate(script::Call call, int fd);
  Actor* actor_at(int fd);
  bool trace_;
  std::string failure_;
  std::vector<script::Connecting> ways_;
  std::vector<uint64_t> served_;
  std::deque<std::string> last_;    // of the trace
  int idle_passes_ = 0;
  uint64_t calls_in_pass_ = 0;
};

// Memory that is short: after so many allocations of the engine, the next `failures` fail. simulation_memory.cc
void starve(long after, long failures);
void feed_again();
uint64_t refused();

}  // namespace simulation
