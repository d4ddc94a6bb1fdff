#include "simulation_message.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include "abi.h"

namespace simulation {

namespace {

// Sizes at which something changes: buffers, pages, pipes, the least that is spliced.
uint32_t draw_size(Dice& dice, const Scene& scene) {
  const uint32_t edges[] = {0, 1, 4096, 16384, 65536, static_cast<uint32_t>(scene.bufsize), static_cast<uint32_t>(scene.bufsize) * 2};
  uint64_t size = 0;
  switch (dice.below(4)) {
    case 0: size = dice.below(100); break;
    case 1: size = dice.any(edges) + dice.below(64); size = size > 32 ? size - 32 : size; break;
    default: size = dice.below(scene.largest); break;
  }
  return static_cast<uint32_t>(std::min<uint64_t>(size, scene.largest));
}

std::string hex(uint64_t n, const char* format) {
  char text[32];
  std::snprintf(text, sizeof text, format, static_cast<unsigned long long>(n));
  return text;
}

std::string chunked(Dice& dice, uint64_t stream, uint32_t size) {
  std::string out;
  uint32_t most = dice.one_in(3) ? 20 : dice.one_in(2) ? 3000 : 100000;
  if (size / most > 500) most = 3000;
  for (uint32_t at = 0; at < size;) {
    uint32_t n = static_cast<uint32_t>(std::min<uint64_t>(dice.between(1, most), size - at));
    out += hex(n, dice.one_in(4) ? "%06llX" : "%llx");
    if (dice.one_in(8)) out += ";ext=\"v\"";
    out += "\r\n" + payload(stream, at, n) + "\r\n";
    at += n;
  }
  out += "0\r\n";
  if (dice.one_in(4)) out += "x-trailer: t\r\n";
  return out + "\r\n";
}

std::string framed(Framing framing, Dice& dice, uint64_t stream, uint32_t size) {
  switch (framing) {
    case Framing::Length: return "content-length: " + std::to_string(size) + "\r\n\r\n" + payload(stream, 0, size);
    case Framing::Chunked: return "transfer-encoding: chunked\r\n\r\n" + chunked(dice, stream, size);
    case Framing::UntilClose: return "\r\n" + payload(stream, 0, size);
    default: return "\r\n";
  }
}

void draw_response(Exchange& e, Dice& dice, const Scene& scene) {
  const Framing framings[] = {Framing::Length, Framing::Length, Framing::Chunked, Framing::Chunked, Framing::UntilClose};
  e.response = dice.any(framings);
  e.response_size = draw_size(dice, scene);
  e.interims = dice.one_in(5) ? static_cast<int>(dice.between(1, 3)) : 0;
  e.server_close = dice.one_in(8);
  e.early = e.request != Framing::None && dice.one_in(4);
  if (dice.one_in(12)) e.status = dice.one_in(2) ? 204 : 304;
  if (e.status != 200 || (e.method == "HEAD" && e.response == Framing::UntilClose)) e.response = e.status == 304 ? Framing::Length : Framing::None;
  bool upgrade = e.method == "GET" && e.minor == 1 && e.request == Framing::None && dice.one_in(12);
  if (upgrade) {
    e.response = Framing::Tunnel;
    e.status = 101;
    e.server_close = e.close = false;
  }
}

}  // namespace

bool Exchange::last() const {
  bool until_close = response == Framing::UntilClose || (response == Framing::Chunked && minor == 0);
  return close || minor == 0 || until_close || response == Framing::Tunnel;
}

Exchange Exchange::of(const Scene& scene, uint64_t id) {
  Dice dice(mix(scene.seed, mix(id, 77)));
  Exchange e;
  e.id = id;
  const char* const methods[] = {"GET", "GET", "POST", "PUT", "HEAD", "DELETE"};
  e.method = dice.any(methods);
  if (e.method == "POST" || e.method == "PUT") {
    e.request = dice.one_in(2) ? Framing::Length : Framing::Chunked;
    e.request_size = draw_size(dice, scene);
  }
  e.minor = dice.one_in(16) && e.request != Framing::Chunked ? 0 : 1;
  e.close = dice.one_in(16) || (scene.options & tsproxy::PO_CLOSE) != 0;
  e.expects = e.request != Framing::None && e.minor == 1 && dice.one_in(8);
  draw_response(e, dice, scene);
  return e;
}

std::string Exchange::request_bytes() const {
  Dice dice(mix(id, 3));
  std::string out = method + " /x" + hex(id, "%016llx") + " HTTP/1." + std::to_string(minor) + "\r\nhost: sim\r\n";
  if (dice.one_in(3)) out += "x-filler: " + std::string(dice.below(600), 'f') + "\r\n";
  if (close) out += "connection: close\r\n";
  if (expects) out += "expect: 100-continue\r\n";
  if (response == Framing::Tunnel) out += "connection: upgrade\r\nupgrade: sim\r\n";
  return out + framed(request, dice, request_stream(), request_size);
}

std::string Exchange::response_bytes() const {
  Dice dice(mix(id, 4));
  std::string out;
  for (int i = 0; i < interims; i++) out += dice.one_in(2) ? "HTTP/1.1 100 Continue\r\n\r\n" : "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
  out += "HTTP/1.1 " + std::to_string(status) + " Sim\r\nx-id: " + hex(id, "%016llx") + "\r\n";
  if (dice.one_in(3)) out += "x-filler: " + std::string(dice.below(600), 'f') + "\r\n";
  if (response == Framing::Tunnel) return out + "connection: upgrade\r\nupgrade: sim\r\n\r\n";
  if (server_close) out += "connection: close\r\n";
  bool no_body = method == "HEAD" || status == 204 || status == 304;
  std::string rest = framed(response, dice, response_stream(), response_size);
  if (no_body) rest.resize(rest.find("\r\n\r\n") == std::string::npos ? 2 : rest.find("\r\n\r\n") + 4);
  if (no_body && rest.starts_with("\r\n")) rest = "\r\n";
  return out + rest;
}

uint32_t stream_size(const Scene& scene, uint64_t id) {
  Dice dice(mix(scene.seed, mix(id, 5)));
  return 16 + draw_size(dice, scene);
}

std::string stream_bytes(uint64_t id, uint64_t from, size_t n) {
  std::string name = hex(id, "%016llx");
  if (from >= 16) return payload(id, from - 16, n);
  std::string out = name.substr(from, n);
  return out + payload(id, 0, n - out.size());
}

bool StreamReader::take(const Scene& scene, std::string_view bytes) {
  at_ += bytes.size();
  if (!named()) {
    size_t n = std::min(bytes.size(), 16 - name_.size());
    name_ += bytes.substr(0, n);
    bytes.remove_prefix(n);
    if (!named()) return true;
    id_ = std::strtoull(name_.c_str(), nullptr, 16);
    size_ = stream_size(scene, id_);
  }
  return at_ <= size_ && is_payload(id_, at_ - bytes.size() - 16, bytes.data(), bytes.size());
}

MessageReader::Event MessageReader::next(std::string& bytes) {
  if (state_ == State::Over) {
    state_ = State::Head;
    return Event::End;
  }
  if (state_ == State::Head) {
    size_t end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) return Event::More;
    head = bytes.substr(0, end + 4);
    bytes.erase(0, end + 4);
    return Event::Head;
  }
  if (state_ != State::Body) return chunk(bytes);
  if (bytes.empty()) return Event::More;
  uint64_t n = framing_ == Framing::UntilClose ? bytes.size() : std::min<uint64_t>(left_, bytes.size());
  body = bytes.substr(0, n);
  bytes.erase(0, n);
  if (framing_ != Framing::UntilClose && (left_ -= n) == 0) state_ = State::Over;
  return Event::Body;
}

void MessageReader::begin_body(Framing framing, uint64_t length) {
  framing_ = framing;
  left_ = length;
  if (framing == Framing::Chunked) state_ = State::Size;
  else if (framing == Framing::None || (framing == Framing::Length && length == 0)) state_ = State::Over;
  else state_ = State::Body;
}

bool MessageReader::finish() {
  bool proper = state_ == State::Over || state_ == State::Head || framing_ == Framing::UntilClose;
  state_ = State::Head;
  return proper;
}

MessageReader::Event MessageReader::chunk(std::string& bytes) {
  if (state_ == State::Data) {
    if (bytes.empty()) return Event::More;
    uint64_t n = std::min<uint64_t>(left_, bytes.size());
    body = bytes.substr(0, n);
    bytes.erase(0, n);
    if ((left_ -= n) == 0) state_ = State::DataEnd;
    return Event::Body;
  }
  size_t end = bytes.find("\r\n");
  if (end == std::string::npos) return Event::More;
  std::string line = bytes.substr(0, end);
  bytes.erase(0, end + 2);
  body.clear();
  switch (state_) {
    case State::DataEnd:
      if (!line.empty()) return Event::Bad;
      state_ = State::Size;
      return Event::Body;
    case State::Size: {
      char* rest = nullptr;
      left_ = std::strtoull(line.c_str(), &rest, 16);
      if (rest == line.c_str() || (*rest != '\0' && *rest != ';')) return Event::Bad;
      state_ = left_ > 0 ? State::Data : State::Trailer;
      return Event::Body;
    }
    default:
      if (line.empty()) state_ = State::Over;
      return Event::Body;
  }
}

std::string field(const std::string& head, const std::string& name) {
  for (size_t at = head.find("\r\n"); at != std::string::npos && at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
    size_t end = head.find("\r\n", at + 2);
    std::string line = head.substr(at + 2, end == std::string::npos ? end : end - at - 2);
    std::transform(line.begin(), line.end(), line.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (line.starts_with(name + ":")) return line.substr(std::min(line.size(), name.size() + 2));
  }
  return "";
}

Framing framing_of(const std::string& head, bool response, const std::string& method, uint64_t& length) {
  length = 0;
  int status = response ? std::atoi(head.c_str() + 9) : 0;
  if (status == 101) return Framing::Tunnel;
  if (response && (method == "HEAD" || status == 204 || status == 304 || status < 200)) return Framing::None;
  if (field(head, "transfer-encoding") == "chunked") return Framing::Chunked;
  std::string announced = field(head, "content-length");
  if (announced.empty()) return response ? Framing::UntilClose : Framing::None;
  length = std::strtoull(announced.c_str(), nullptr, 10);
  return Framing::Length;
}

}  // namespace simulation
