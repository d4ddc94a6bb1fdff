// Splicing: socket -> pipe -> socket. The rules stand in channel.h.
#include <algorithm>
#include <cerrno>
#include "channel.h"
#include "engine_parts.h"

namespace tsproxy {

namespace {

constexpr uint64_t LEAST_UNSEEN = 4096;            // fewer bytes are cheaper to copy
constexpr uint64_t LEAST_UNSEEN_AUTO = 1u << 20;   // below it one large copy beats two splices
constexpr uint64_t UNKNOWN = ~0ull;
constexpr int SEGMENTS_MOST = 16;                  // collected before they are forwarded together
constexpr size_t ONE_SEGMENT = 65536;              // no TCP segment is longer
constexpr size_t ONE_CALL = 1u << 30;

// Errors that say that splice(2) will not work on this socket, in contrast to errors of the connection.
bool unsupported(ssize_t error) {
  return error == -EINVAL || error == -EBADF || error == -ENOSYS || error == -EOPNOTSUPP || error == -EPERM ||
         error == -ENOMEM || error == -ENOTSUP || error == -ESPIPE;
}

void give_up_on(Worker& w, Connection& c) {
  c.flags |= CO_NO_SPLICE;
  count(&w.row[CW_SPLICE_UNSUPPORTED]);
}

bool take_pipe(Worker& w, Channel& ch) {
  if (ch.pipe != nullptr) return true;
  PipeFailure why;
  ch.pipe = w.pipes.take(why);
  if (ch.pipe != nullptr) return true;
  count(&w.row[why == PipeFailure::Limit ? CW_SPLICE_NO_PIPE : CW_SPLICE_NO_FD]);
  return false;
}

// Socket -> pipe, up to 16 segments, a full pipe or `budget` bytes. Never more than the message allows.
size_t collect(Worker& w, Channel& ch, size_t budget) {
  Connection& from = *ch.producer;
  Pipe& pipe = *ch.pipe;
  size_t total = 0;
  for (int segments = 0; segments < SEGMENTS_MOST && pipe.bytes < pipe.size; segments++) {
    size_t want = std::min({budget - total, ONE_CALL, static_cast<size_t>(std::min<uint64_t>(ch.body.unseen(), ONE_CALL))});
    if (want == 0) break;
    ssize_t n = sys::splice_in(from.fd, pipe.in, want);
    if (n <= 0) {
      // EAGAIN means "no data" only if the pipe is empty. With bytes in it the pipe may be full: CO_IN stays, and the
      // next round, after they have left, tells.
      if (n == 0) from.flags = static_cast<uint16_t>((from.flags | CO_READ_END) & ~CO_IN);
      else if (unsupported(n)) give_up_on(w, from);
      else if (n != -EAGAIN || pipe.bytes == 0) read_failed(from, n);
      break;
    }
    total += static_cast<size_t>(n);
    pipe.bytes += static_cast<uint32_t>(n);
    ch.body.passed(static_cast<uint64_t>(n));
    // Longer than a segment: this kernel moves in one call what there is.
    if (static_cast<size_t>(n) > ONE_SEGMENT) break;
  }
  ch.received += total;
  if (total == 0) return 0;
  ch.flags |= BF_READ;
  count(&w.row[CW_SPLICED_IN], total);
  count(&w.row[CW_BYTES_IN], total);
  return total;
}

// The consumer does not take splice(2): the bytes come back out of the pipe and are copied. The buffer is empty while a
// pipe holds bytes, so what is pulled into it is older than what is left in the pipe, and is sent first.
bool pull(Worker& w, Channel& ch) {
  Pipe& pipe = *ch.pipe;
  for (;;) {
    while (ch.waiting() > 0 && ch.consumer->writable()) {
      iovec part{ch.buffer.data(), ch.waiting()};
      size_t n = transmit(*ch.consumer, &part, 1);
      count_copied(w, ch, n);
      ch.buffer.drop(static_cast<uint32_t>(n));
    }
    if (ch.waiting() > 0) return false;
    if (pipe.bytes == 0) return true;
    ssize_t n = sys::read(pipe.out, w.window.bytes(), std::min<size_t>(pipe.bytes, w.window.bytes_size()));
    if (n <= 0) {
      write_failed(*ch.consumer, -EIO);
      return false;
    }
    pipe.bytes -= static_cast<uint32_t>(n);
    keep(w, ch, w.window.bytes(), static_cast<size_t>(n));
  }
}

}  // namespace

bool may_splice(const Worker& w, const Channel& ch) {
  if (!ch.has(BF_SPLICE | BF_AUTO) || ch.drop || ((ch.producer->flags | ch.consumer->flags) & CO_NO_SPLICE) != 0) return false;
  uint64_t unseen = ch.body.unseen();
  if (unseen == UNKNOWN) return ch.bulk > 0;
  return unseen >= (ch.has(BF_SPLICE) ? LEAST_UNSEEN : LEAST_UNSEEN_AUTO);
}

bool splice(Worker& w, Channel& ch, size_t budget, size_t& moved) {
  if (!take_pipe(w, ch)) return false;
  moved = collect(w, ch, budget);
  if (moved == 0) return (ch.producer->flags & CO_NO_SPLICE) == 0;
  flush_pipe(w, ch);
  settle(ch);
  return true;
}

bool flush_pipe(Worker& w, Channel& ch) {
  Pipe& pipe = *ch.pipe;
  Connection& to = *ch.consumer;
  while (pipe.bytes > 0 && to.writable() && (to.flags & CO_NO_SPLICE) == 0) {
    ssize_t n = sys::splice_out(pipe.out, to.fd, pipe.bytes, false);
    if (n <= 0) {
      if (unsupported(n)) give_up_on(w, to);
      else write_failed(to, n == 0 ? -EIO : n);
      break;
    }
    pipe.bytes -= std::min(pipe.bytes, static_cast<uint32_t>(n));
    ch.sent += static_cast<uint64_t>(n);
    ch.flags |= BF_WRITTEN;
    count(&w.row[CW_SPLICED_OUT], static_cast<uint64_t>(n));
    count(&w.row[CW_BYTES_OUT], static_cast<uint64_t>(n));
  }
  if ((to.flags & CO_NO_SPLICE) != 0) return pull(w, ch);
  return pipe.bytes == 0;
}

void give_back_pipe(Worker& w, Channel& ch) {
  if (ch.pipe == nullptr || ch.pipe->bytes != 0) return;
  w.pipes.give(ch.pipe);
  ch.pipe = nullptr;
}

}  // namespace tsproxy
