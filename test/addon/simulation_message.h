// The messages of the simulated clients and servers: what each exchange consists of, how it is written, and a reader of HTTP/1 of
// its own, which shares nothing with the engine's.
#pragma once
#include <string>
#include <string_view>
#include "simulation_scene.h"

namespace simulation {

enum class Framing : uint8_t { None, Length, Chunked, UntilClose, Tunnel };

// One request and its response. Both ends draw it from the same numbers: the path names it.
struct Exchange {
  uint64_t id = 0;               // client << 16 | number
  std::string method;
  int minor = 1;                 // HTTP/1.x of the client
  bool close = false;            // the request says connection: close
  Framing request = Framing::None, response = Framing::Length;
  uint32_t request_size = 0, response_size = 0;
  int status = 200;
  int interims = 0;
  bool server_close = false;     // the response says so, and the server does it
  bool early = false;            // the server answers before it has the body
  bool expects = false;          // expect: 100-continue is only announced: the body comes anyway

  bool last() const;             // no other exchange can follow on the client's connection
  uint64_t request_stream() const { return mix(id, 1); }
  uint64_t response_stream() const { return mix(id, 2); }
  static Exchange of(const Scene& scene, uint64_t id);
  std::string request_bytes() const;
  std::string response_bytes() const;   // interim responses too; of an upgrade the head alone
};

// A stream of a tunnel or of mode tcp: 16 hexadecimal digits that name it, then its payload.
uint32_t stream_size(const Scene& scene, uint64_t id);   // digits included
std::string stream_bytes(uint64_t id, uint64_t from, size_t n);
class StreamReader {
 public:
  // False: these are not the bytes of the stream.
  bool take(const Scene& scene, std::string_view bytes);
  bool complete() const { return size_ > 0 && at_ == size_; }
  bool named() const { return name_.size() == 16; }
  uint64_t id() const { return id_; }
  uint64_t at() const { return at_; }

 private:
  std::string name_;
  uint64_t id_ = 0, at_ = 0, size_ = 0;
};

// Reads messages out of a stream of bytes.
class MessageReader {
 public:
  enum class Event : uint8_t { More, Head, Body, End, Bad };
  // Takes what belongs to the present message from the front of `bytes`. Head: `head` holds it; the caller says what body follows,
  // with begin_body(). Body: `body` holds some of it. End: the message is over.
  Event next(std::string& bytes);
  void begin_body(Framing framing, uint64_t length);
  bool finish();                 // the sender has closed: true if that is the proper end of the message
  bool between() const { return state_ == State::Head; }
  std::string head, body;

 private:
  enum class State : uint8_t { Head, Body, Size, Data, DataEnd, Trailer, Over };
  Event chunk(std::string& bytes);
  State state_ = State::Head;
  Framing framing_ = Framing::None;
  uint64_t left_ = 0;
};

// Of a head, as lower case: the value of a field or "".
std::string field(const std::string& head, const std::string& name);
Framing framing_of(const std::string& head, bool response, const std::string& method, uint64_t& length);

}  // namespace simulation
