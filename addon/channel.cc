#include "channel.h"

#include <algorithm>
#include "engine_parts.h"

namespace tsproxy {

namespace {

constexpr uint8_t REACH_MOST = 3;
constexpr size_t SMALL_TURN = 4096;   // fewer bytes in a whole turn are cheaper to copy

// A bulk transfer has a small turn now and then, an interactive one has nothing else.
void note_turn(Channel& ch, size_t moved) {
  if (ch.bulk == 0 || moved == 0) return;
  ch.bulk = moved >= SMALL_TURN ? BULK : static_cast<uint8_t>(ch.bulk - 1);
}

BlockPool& pool_of(Worker& w, const Channel& ch) { return ch.large ? w.large : w.small; }

void release_if_empty(Worker& w, Channel& ch) {
  if (!ch.buffer.empty()) return;
  ch.buffer.release_if_empty(pool_of(w, ch));
  ch.large = false;
}

struct Payload {
  Worker& w;
  char* out;
  const char* in;
  size_t n;
};

// Takes the payload of chunked bytes out of the framing.
size_t unframe(Worker& w, Channel& ch, const char* bytes, size_t n, iovec& part) {
  Payload to{w, w.scratch.data(), bytes, 0};
  size_t used = ch.body.feed_payload(bytes, n, [](void* arg, size_t offset, size_t length) {
    auto* p = static_cast<Payload*>(arg);
    std::copy_n(p->in + offset, length, p->out + p->n);
    p->n += length;
  }, &to);
  part = {to.out, to.n};
  return used;
}

// How many of the bytes belong to the message; `part`: what the consumer gets of them.
size_t take(Worker& w, Channel& ch, char* bytes, size_t n, iovec& part) {
  if (ch.has(BF_UNFRAME)) return unframe(w, ch, bytes, n, part);
  size_t used = ch.body.feed(bytes, n);
  part = {bytes, ch.drop ? 0 : used};
  return used;
}

void adapt(Channel& ch, bool full) {
  if (full) ch.bulk = BULK;
  if (!ch.has(BF_EMPTY)) ch.reach = static_cast<uint8_t>(ch.reach == 0 ? 0 : ch.reach - 1);
  else if (full && ch.reach < REACH_MOST) ch.reach++;
}

// One read into the window and on to the consumer. Returns bytes read.
size_t copy(Worker& w, Channel& ch, size_t budget) {
  // Past the end of the message at most one block may be read: it goes to `ahead`.
  size_t room = std::min(read_size(w, ch), budget);
  uint64_t unseen = ch.body.unseen();
  if (unseen < room) room = std::min<size_t>(room, static_cast<size_t>(unseen) + w.small.block_size());
  size_t n = receive(*ch.producer, w.window.bytes(), room);
  if (n == 0) return 0;
  count(&w.row[CW_BYTES_IN], n);
  feed(w, ch, w.window.bytes(), n);
  adapt(ch, n == room);
  return n;
}

// What was read ahead comes first.
void feed_ahead(Worker& w, Channel& ch) {
  Buffer& ahead = ch.producer->ahead;
  iovec part{nullptr, 0};
  size_t used = take(w, ch, ahead.data(), ahead.length(), part);
  ch.received += used;
  ch.flags |= BF_READ;
  if (part.iov_len > 0) emit(w, ch, &part, 1);
  ahead.drop(static_cast<uint32_t>(used));
  ahead.release_if_empty(w.small);
}

// Notices the end of the message, of the stream, and of the consumer. Returns true if something ended.
bool note_ends(Worker& w, Channel& ch) {
  uint16_t before = ch.flags;
  if (!ch.has(BF_SHUTR)) {
    if (ch.body.bad()) ch.flags |= BF_SHUTR | BF_CUT;
    else if (ch.body.done()) ch.flags |= BF_SHUTR;
    else if (ch.producer->ended() && ch.producer->ahead.empty()) ch.flags |= ch.body.end() ? BF_SHUTR : BF_SHUTR | BF_CUT;
  }
  if (ch.consumer != nullptr && (ch.consumer->flags & CO_WRITE_ERROR) != 0 && !ch.has(BF_SHUTW)) {
    if (!ch.has(BF_KEEP)) discard(w, ch);   // what is kept may be sent once more, on another connection
    ch.flags |= BF_SHUTW;
  }
  return ch.flags != before;
}

}  // namespace

// Puts bytes at the end of the buffer, which moves to a large block if need be. Behind bytes that were lost nothing is kept: it would
// close up the gap.
void keep(Worker& w, Channel& ch, const char* bytes, size_t n) {
  if (n == 0 || ch.has(BF_NO_MEMORY)) return;
  size_t total = ch.buffer.length() + n;
  if (!ch.large && total > w.small.block_size()) {
    Buffer large;
    if (!large.ensure(w.large)) {
      ch.flags |= BF_NO_MEMORY;
      return;
    }
    if (!ch.buffer.empty()) large.append(w.large, ch.buffer.data(), ch.buffer.length());
    ch.buffer.release(w.small);
    ch.buffer = large;
    ch.large = true;
  }
  if (!ch.buffer.append(pool_of(w, ch), bytes, static_cast<uint32_t>(n))) ch.flags |= BF_NO_MEMORY;
}

void count_copied(Worker& w, Channel& ch, size_t n) {
  if (n == 0) return;
  ch.sent += n;
  ch.flags |= BF_WRITTEN;
  count(&w.row[CW_COPIED_OUT], n);
  count(&w.row[CW_BYTES_OUT], n);
}

size_t read_size(const Worker& w, const Channel& ch) {
  return std::min<size_t>(w.window.bytes_size(), static_cast<size_t>(w.small.block_size()) << ch.reach);
}

void emit(Worker& w, Channel& ch, const iovec* parts, int count) {
  size_t gone = 0;
  settle(ch);
  if (ch.has(BF_EMPTY) && !ch.has(BF_NO_MEMORY) && ch.consumer != nullptr && ch.consumer->writable()) {
    gone = transmit(*ch.consumer, parts, count);
    count_copied(w, ch, gone);
  }
  if (ch.has(BF_KEEP)) {
    for (int i = 0; i < count; i++) keep(w, ch, static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    // Without memory there may be less in the buffer than was sent.
    ch.kept = std::min(ch.kept + static_cast<uint32_t>(gone), ch.buffer.length());
  } else {
    for (int i = 0; i < count; i++) {
      size_t skip = std::min(gone, parts[i].iov_len);
      gone -= skip;
      keep(w, ch, static_cast<const char*>(parts[i].iov_base) + skip, parts[i].iov_len - skip);
    }
  }
  settle(ch);
}

bool flush(Worker& w, Channel& ch) {
  settle(ch);
  if (ch.has(BF_EMPTY)) return true;
  if (ch.consumer == nullptr) return false;
  if (ch.pipe != nullptr && !flush_pipe(w, ch)) return false;
  while (ch.waiting() > 0 && ch.consumer->writable()) {
    iovec part{ch.buffer.data() + ch.kept, ch.waiting()};
    size_t n = transmit(*ch.consumer, &part, 1);
    count_copied(w, ch, n);
    if (ch.has(BF_KEEP)) ch.kept += static_cast<uint32_t>(n);
    else ch.buffer.drop(static_cast<uint32_t>(n));
  }
  release_if_empty(w, ch);
  settle(ch);
  return ch.has(BF_EMPTY);
}

void feed(Worker& w, Channel& ch, const char* bytes, size_t n) {
  iovec part{nullptr, 0};
  size_t used = take(w, ch, const_cast<char*>(bytes), n, part);
  ch.received += used;
  ch.flags |= BF_READ;
  if (part.iov_len > 0) emit(w, ch, &part, 1);
  if (used < n && !ch.body.bad() && !put_ahead(w, *ch.producer, bytes + used, n - used)) ch.flags |= BF_NO_MEMORY;
}

bool move(Worker& w, Channel& ch) {
  uint64_t sent_before = ch.sent;
  flush(w, ch);
  bool moved = ch.sent != sent_before;
  const size_t slice = std::min(SLICE, w.pass_left);
  size_t budget = slice;
  while (ch.has(BF_EMPTY) && !ch.has(BF_SHUTR | BF_NO_MEMORY) && ch.consumer != nullptr) {
    if (note_ends(w, ch)) {
      moved = true;
      continue;
    }
    if (ch.has(BF_SHUTW)) break;
    if (!ch.producer->ahead.empty()) {
      feed_ahead(w, ch);
      moved = true;
      continue;
    }
    if (!ch.producer->readable()) break;
    if (budget == 0) {
      ch.flags |= BF_AGAIN;
      break;
    }
    const bool keeps = ch.has(BF_REPLAY) && ch.buffer.length() < w.small.block_size();
    if (!keeps) drop_kept(w, ch);
    size_t n = 0;
    if (keeps || !may_splice(w, ch) || !splice(w, ch, budget, n)) n = copy(w, ch, budget);
    moved |= n > 0;
    budget -= std::min(n, budget);
  }
  note_turn(ch, slice - budget);
  give_back_pipe(w, ch);
  w.pass_left -= slice - budget;
  return note_ends(w, ch) || moved;
}

void drop_kept(Worker& w, Channel& ch) {
  if (!ch.has(BF_KEEP)) return;
  ch.flags &= static_cast<uint16_t>(~(BF_KEEP | BF_REPLAY));
  ch.buffer.drop(ch.kept);
  ch.kept = 0;
  release_if_empty(w, ch);
  settle(ch);
}

void discard(Worker& w, Channel& ch) {
  ch.buffer.release(pool_of(w, ch));
  ch.large = false;
  ch.kept = 0;
  ch.flags &= static_cast<uint16_t>(~(BF_KEEP | BF_REPLAY));
  if (ch.pipe != nullptr) w.pipes.give(ch.pipe);
  ch.pipe = nullptr;
  settle(ch);
}

bool put_ahead(Worker& w, Connection& c, const char* bytes, size_t n) {
  return n == 0 || c.ahead.append(w.small, bytes, static_cast<uint32_t>(n));
}

}  // namespace tsproxy
