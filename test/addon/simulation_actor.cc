// What simulated clients and servers have in common, and the clients.
#include <algorithm>
#include "simulation_world.h"

namespace simulation {

namespace {

constexpr int IDLE_MOST = 9;                   // 2^9 ms between two looks
constexpr uint64_t LONG_SILENCE_MS = 100000;   // longer than any timeout

}  // namespace

Actor::Actor(World& world, uint64_t salt) : world_(world), dice_(mix(world.scene.seed, salt)) {
  slow_ = world.scene.has(STALLS) && dice_.one_in(3);
  waits_ = dice_.one_in(3);
}

void Actor::note(const std::string& what) {
  if (world_.tracing()) world_.note(name() + ": " + what);
}

// Who has nothing to do looks again later and later.
void Actor::rest() {
  uint64_t ms = dice_.one_in(2) ? 0 : dice_.below(3);
  idle_ = did_ ? 0 : std::min(idle_ + 1, IDLE_MOST);
  did_ = false;
  if (idle_ > 4) ms = 1ull << idle_;
  if (world_.scene.has(THINKING) && dice_.one_in(8)) ms = dice_.below(2000);
  if (world_.scene.has(STALLS) && dice_.one_in(30)) ms = dice_.below(6000);
  due = world_.now + ms;
}

void Actor::write_some(std::string& out) {
  if (out.empty()) return;
  size_t n = dice_.one_in(3) ? dice_.between(1, 200) : dice_.between(1, 60000);
  n = std::min(n, out.size());
  size_t segment = dice_.one_in(4) ? dice_.between(1, 100) : dice_.one_in(2) ? 1448 : 16384;
  segment = std::max(segment, n / 100 + 1);
  did_ = true;
  peer->write(std::string_view(out).substr(0, n), segment);
  out.erase(0, n);
  note("writes " + std::to_string(n) + " in segments of " + std::to_string(segment));
}

// A new socket has room, whatever its far end does.
void Actor::pace_reading() {
  if (!slow_) return;
  switch (dice_.below(4)) {
    case 0: peer->room(met_ ? 0 : 1); break;
    case 1: peer->room(dice_.between(1, 3000)); break;
    default: peer->room(dice_.between(1000, 100000)); break;
  }
  if (dice_.one_in(40)) {
    slow_ = false;
    peer->drain();
  }
}

bool Actor::misbehave() {
  if (silent_) {
    over = true;
    return true;
  }
  if (!rough() || !dice_.one_in(world_.scene.rough_odds)) return false;
  world_.faults++;
  switch (dice_.below(4)) {
    case 0:
    case 1:
      note("resets");
      peer->reset();
      over = true;
      return true;
    case 2:
      note("closes");
      peer->close();
      over = true;
      return true;
    default:
      note("falls silent");
      peer->stall();
      silent_ = true;
      due = world_.now + LONG_SILENCE_MS;
      return true;
  }
}

void Actor::begin_stream(uint64_t id, bool waits_for_end) {
  stream_id_ = id;
  stream_at_ = 0;
  waits_ = waits_for_end;
}

void Actor::listen() {
  if (peer->received().empty()) return;
  did_ = met_ = true;
  in_ += peer->take();
}

bool Actor::stream() {
  listen();
  if (!in_.empty() && !heard_.take(world_.scene, in_)) world_.fail(name() + " got bytes that nobody sent, or in another order");
  in_.clear();
  uint32_t size = stream_size(world_.scene, stream_id_);
  if (stream_at_ < size) {
    size_t n = std::min<size_t>(size - stream_at_, dice_.between(1, 40000));
    std::string part = stream_bytes(stream_id_, stream_at_, n);
    write_some(part);
    stream_at_ += n - part.size();
  } else if (!shut_ && (!waits_ || peer->finished())) {
    note("shuts its side");
    peer->shut();
    shut_ = true;
  }
  bool ended = peer->finished() || peer->was_reset() || peer->closed();
  return ended && (shut_ || peer->was_reset() || peer->closed());
}

Client::Client(World& world, int number, bool rough) : Actor(world, 1000 + static_cast<uint64_t>(number)), number_(number), rough_(rough) {
  due = dice_.one_in(2) ? 0 : dice_.below(500);
  depth_ = dice_.one_in(3) ? dice_.between(2, 4) : 1;
  for (int i = 0; i < world.scene.exchanges; i++) {
    plan_.push_back(Exchange::of(world.scene, static_cast<uint64_t>(number) << 16 | static_cast<uint64_t>(i)));
    if (plan_.back().last()) break;
  }
}

void Client::act() {
  if (!connected_) {
    peer = &script::connect_to(world_.listener, "198.51.100.7:" + std::to_string(1024 + number_));
    connected_ = true;
    if (!world_.scene.has(HTTP)) begin_stream(static_cast<uint64_t>(number_) << 16 | 0xc, !world_.scene.has(HALF_CLOSE) || dice_.one_in(2));
    note("connects");
    return rest();
  }
  if (misbehave()) return;
  pace_reading();
  if (tunnel_ || !world_.scene.has(HTTP)) {
    if (stream()) closed();
  } else {
    exchange();
  }
  if (!over) rest();
}

void Client::exchange() {
  request_more();
  write_some(out_);
  bool sent_all = asked_ == plan_.size() && out_.empty();
  if (sent_all && !shut_ && !waits_ && world_.scene.has(HALF_CLOSE) && plan_.back().response != Framing::Tunnel) {
    note("shuts its side");
    peer->shut();
    shut_ = true;
  }
  read_responses();
  if (tunnel_ || over) return;
  if (answered_ == plan_.size() && out_.empty() && (shut_ || dice_.one_in(2))) return end("done");
  if (peer->finished() || peer->was_reset() || peer->closed()) closed();
}

void Client::request_more() {
  while (asked_ < plan_.size() && asked_ - answered_ < depth_ && out_.size() < 100000) {
    out_ += plan_[asked_].request_bytes();
    asked_++;
    if (dice_.one_in(2)) return;
  }
}

void Client::read_responses() {
  listen();
  while (!over && !tunnel_ && !world_.failed() && read_one()) {}
}

// True: there may be more.
bool Client::read_one() {
  bool body = !reader_.between();
  if (!body && answered_ >= asked_) {
    if (!in_.empty() && !rough_) world_.fail(name() + " got bytes without a request");
    return false;
  }
  const Exchange& e = plan_[std::min(answered_, plan_.size() - 1)];
  switch (reader_.next(in_)) {
    case MessageReader::Event::More: return false;
    case MessageReader::Event::Bad: world_.fail(name() + " got broken chunks"); return false;
    case MessageReader::Event::Head: {
      uint64_t length = 0;
      Framing framing = framing_of(reader_.head, true, e.method, length);
      int status = std::atoi(reader_.head.c_str() + 9);
      note("got " + reader_.head.substr(0, 12));
      if (status < 200 && status != 101) {
        reader_.begin_body(Framing::None, 0);
        body_at_ = UINT64_MAX;   // no response yet
        return true;
      }
      if (field(reader_.head, "x-id").empty() && status >= 400) {
        if (!rough_) world_.fail(name() + " got an error: " + reader_.head.substr(0, 30));
        end("refused");
        return false;
      }
      char id[32];
      std::snprintf(id, sizeof id, "%016llx", static_cast<unsigned long long>(e.id));
      if (field(reader_.head, "x-id") != id) world_.fail(name() + " got the response to another request");
      body_at_ = 0;
      if (framing == Framing::Tunnel) {
        tunnel_ = true;
        answered_++;
        begin_stream(e.id | 1ull << 40, !world_.scene.has(HALF_CLOSE) || waits_);
        in_.swap(out_);   // nothing may be left to be sent
        if (!in_.empty()) world_.fail(name() + " was upgraded too early");
        in_.swap(out_);
        return false;
      }
      reader_.begin_body(framing, length);
      return true;
    }
    case MessageReader::Event::Body:
      if (!is_payload(e.response_stream(), body_at_, reader_.body.data(), reader_.body.size())) world_.fail(name() + " got a damaged body");
      body_at_ += reader_.body.size();
      return true;
    case MessageReader::Event::End:
      if (body_at_ == UINT64_MAX) return true;
      if (body_at_ != (e.method == "HEAD" || e.status != 200 ? 0 : e.response_size)) world_.fail(name() + " got a body of the wrong length");
      answered_++;
      return true;
  }
  return false;
}

// The engine has ended the connection.
void Client::closed() {
  if (tunnel_ || !world_.scene.has(HTTP)) {
    bool whole = heard_.complete() && stream_at_ == stream_size(world_.scene, stream_id_);
    if (!whole && !rough_) world_.fail(name() + " got only a part of the stream");
    if (peer->was_reset() && !rough_) world_.fail(name() + " was reset");
    return end("stream over");
  }
  bool open = !reader_.between();
  bool until_close = open && reader_.finish();
  if (until_close) {
    const Exchange& e = plan_[answered_];
    if (body_at_ == e.response_size) answered_++;
  }
  if (answered_ < plan_.size() && !rough_) world_.fail(name() + " lost its connection before all responses had come");
  end("closed by the proxy");
}

void Client::end(const char* how) {
  complete = answered_ == plan_.size() || heard_.complete();
  note(std::string("ends: ") + how);
  peer->close();
  peer->drain();
  over = true;
}

}  // namespace simulation
