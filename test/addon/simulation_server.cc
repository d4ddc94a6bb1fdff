// The simulated servers.
#include <cerrno>
#include <cstdlib>
#include "simulation_world.h"

namespace simulation {

Server::Server(World& world, size_t nth, script::Connecting how) : Actor(world, 500000 + nth), nth_(nth), how_(how) {
  peer = &script::connected(nth);
  due = world.now + (how == script::Connecting::Hang ? dice_.below(300) : 0);
  if (!world.scene.has(HTTP)) begin_stream(static_cast<uint64_t>(nth) << 16 | 0x5, false);
}

// In mode tcp a server knows its client by the stream it hears.
bool Server::rough() const {
  if (world_.rough_for_all()) return true;
  if (tunnel_ || busy_) return world_.is_rough(now_.id >> 16 & 0xffff);
  return !world_.scene.has(HTTP) && heard_.named() && world_.is_rough(heard_.id() >> 16 & 0xffff);
}

// The connection has been accepted. A server that lets others wait takes its time, and refuses now and then.
bool Server::stands() {
  if (how_ != script::Connecting::Hang) return true;
  how_ = script::Connecting::Now;
  if (peer->closed()) {
    over = true;
    return false;
  }
  if (world_.scene.has(CONNECT_FAULTS) && dice_.one_in(8)) {
    note("refuses");
    peer->refuse(dice_.one_in(2) ? ECONNREFUSED : ETIMEDOUT);
    over = true;
    return false;
  }
  note("accepts");
  peer->establish();
  return true;
}

void Server::act() {
  if (!stands()) return;
  if (misbehave()) return;
  pace_reading();
  if (!world_.scene.has(HTTP) || tunnel_) {
    if (stream()) {
      bool whole = heard_.complete() && stream_at_ == stream_size(world_.scene, stream_id_);
      if (!whole && !rough() && !(world_.scene.has(ROUGH) && !heard_.named())) world_.fail(name() + " got only a part of the stream");
      peer->close();
      over = true;
    }
  } else {
    exchange();
  }
  if (!over) rest();
}

void Server::exchange() {
  listen();
  while (!over && !world_.failed() && read_requests()) {}
  if (over) return;
  if (busy_ && !answering_ && (asked_whole_ || now_.early)) {
    answering_ = true;
    out_ = now_.response_bytes();
  }
  if (answering_) write_some(out_);
  if (answering_ && out_.empty() && asked_whole_) return exchange_over();
  bool ended = peer->finished() || peer->was_reset() || peer->closed();
  if (!ended) return;
  // Half a request is all right only if its client has gone.
  if (busy_ && !rough()) world_.fail(name() + " lost its connection in the middle of an exchange");
  peer->close();
  over = true;
}

bool Server::read_requests() {
  if (asked_whole_) return false;   // the next one waits
  switch (reader_.next(in_)) {
    case MessageReader::Event::More: return false;
    case MessageReader::Event::Bad: world_.fail(name() + " got broken chunks"); return false;
    case MessageReader::Event::Head: request_head(); return true;
    case MessageReader::Event::Body:
      if (!is_payload(now_.request_stream(), body_at_, reader_.body.data(), reader_.body.size())) world_.fail(name() + " got a damaged body");
      body_at_ += reader_.body.size();
      return true;
    case MessageReader::Event::End:
      if (body_at_ != now_.request_size) world_.fail(name() + " got a body of the wrong length");
      asked_whole_ = true;
      world_.served(now_.id, now_.method);
      return false;
  }
  return false;
}

void Server::request_head() {
  size_t at = reader_.head.find(" /x");
  if (at == std::string::npos) return world_.fail(name() + " got a head that nobody sent: " + reader_.head.substr(0, 40));
  now_ = Exchange::of(world_.scene, std::strtoull(reader_.head.c_str() + at + 3, nullptr, 16));
  uint64_t length = 0;
  Framing framing = framing_of(reader_.head, false, "", length);
  if (!reader_.head.starts_with(now_.method + " ") || framing != now_.request) world_.fail(name() + " got another request than was sent");
  note("got " + reader_.head.substr(0, reader_.head.find('\r')));
  reader_.begin_body(framing, length);
  body_at_ = 0;
  busy_ = true;
}

void Server::exchange_over() {
  answering_ = asked_whole_ = false;
  if (now_.response == Framing::Tunnel) {
    tunnel_ = true;
    return begin_stream(now_.id | 2ull << 40, false);
  }
  busy_ = false;
  if (!now_.server_close && now_.response != Framing::UntilClose) return;
  note("closes after its response");
  peer->shut();
  over = true;
}

}  // namespace simulation
