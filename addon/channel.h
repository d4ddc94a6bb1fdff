// A channel: one direction of a session. Bytes come from its producer, wait in its pipe or buffer if they must, and leave to
// its consumer. Both directions run this code.
//   * The bytes in the pipe are older than the bytes in the buffer.
//   * The pipe is used only while the buffer is empty and there are bytes that may pass unseen (body.unseen()).
//   * BF_EMPTY: nothing to send in the buffer and nothing in the pipe. Computed in settle() from the two counts, nowhere else.
//   * Bytes are counted in `sent` when they were sent, in `received` when they came.
// Example: a response of 2 MiB. Its head and the first 60 KiB leave in one send; the socket takes 40 KiB, 20 KiB wait in the
// buffer; the client takes them; from then on the pipe carries the body; its last 3 KiB are copied.
#pragma once
#include <sys/uio.h>
#include "connection.h"
#include "http1_body.h"
#include "pipe.h"

namespace tsproxy {

struct Worker;

enum ChannelFlag : uint16_t {
  // event: set by move() and emit(), cleared by the session after each run
  BF_READ = 0x1,         // bytes came
  BF_WRITTEN = 0x2,      // bytes left
  BF_AGAIN = 0x4,        // the budget of this pass is used up: more could be moved now
  // computed
  BF_EMPTY = 0x10,
  // control: the session alone
  BF_REPLAY = 0x80,      // with KEEP: what comes later is kept too, as long as all of it fits into a buffer
  // shut: set once per stream
  BF_SHUTR = 0x100,      // nothing more comes in: end of the message or of the stream
  BF_SHUTW = 0x200,      // nothing more goes out: the end was passed on, or the consumer failed
  BF_CUT = 0x400,        // with SHUTR: the stream ended within the message, or its framing is broken
  BF_NO_MEMORY = 0x800,  // bytes were lost for want of memory: the session must end
  // control: the session alone
  BF_SPLICE = 0x1000,    // splice whenever that is possible
  BF_AUTO = 0x2000,      // splice when it pays
  BF_UNFRAME = 0x4000,   // the consumer can't read chunks: it gets the payload alone
  BF_KEEP = 0x8000,      // what was sent stays in the buffer, so that it can be sent again on another connection
};
constexpr uint16_t BF_EVENTS = BF_READ | BF_WRITTEN | BF_AGAIN;

constexpr uint8_t BULK = 8;   // turns, see Channel::bulk

struct Channel {
  Connection* producer = nullptr;
  Connection* consumer = nullptr;   // nullptr: not connected yet, bytes wait
  Buffer buffer;
  Pipe* pipe = nullptr;
  Http1Body body;                   // how much of what comes belongs to the message; Tunnel in mode tcp
  uint64_t received = 0;            // bytes of the present stream
  uint64_t sent = 0;
  uint32_t kept = 0;                // bytes at the front of the buffer that were sent already (BF_KEEP)
  uint16_t flags = BF_EMPTY;
  uint8_t reach = 1;                // a read takes bufsize << reach bytes; moves with what the consumer takes
  bool large = false;               // the buffer's block comes from the pool of large ones
  bool drop = false;                // the consumer asked by HEAD and gets no payload, whatever comes
  uint8_t bulk = 0;                 // small turns left until splicing has stopped paying; BULK again with each full read or larger turn

  uint32_t waiting() const { return buffer.length() - kept; }
  bool has(uint16_t flag) const { return (flags & flag) != 0; }
};

inline void settle(Channel& ch) {
  bool empty = ch.waiting() == 0 && (ch.pipe == nullptr || ch.pipe->bytes == 0);
  ch.flags = static_cast<uint16_t>(empty ? ch.flags | BF_EMPTY : ch.flags & ~BF_EMPTY);
}

// Sends what the consumer takes if nothing waits before it, and keeps the rest.
void emit(Worker& w, Channel& ch, const iovec* parts, int count);
// Sends what waits. False: something still does.
bool flush(Worker& w, Channel& ch);
// Moves what can be moved now, within a budget. Returns true if anything happened.
bool move(Worker& w, Channel& ch);
// Gives n bytes that were read to the channel; what is not of its message is put back into the producer's `ahead`.
void feed(Worker& w, Channel& ch, const char* bytes, size_t n);
// Bytes that the next read may take.
size_t read_size(const Worker& w, const Channel& ch);
// What was kept for another attempt is not needed any more.
void drop_kept(Worker& w, Channel& ch);
// Everything that waits is dropped; a pipe with bytes in it is closed.
void discard(Worker& w, Channel& ch);
// Puts bytes behind what the connection has read ahead. False: no memory or more than bufsize.
bool put_ahead(Worker& w, Connection& c, const char* bytes, size_t n);
// Puts bytes at the end of the buffer; no memory: BF_NO_MEMORY.
void keep(Worker& w, Channel& ch, const char* bytes, size_t n);
void count_copied(Worker& w, Channel& ch, size_t n);

// splice.cc
bool may_splice(const Worker& w, const Channel& ch);
// One round through a pipe, at most `budget` bytes in. False: copy instead.
bool splice(Worker& w, Channel& ch, size_t budget, size_t& moved);
// Pipe -> consumer. False: bytes are left in it.
bool flush_pipe(Worker& w, Channel& ch);
// An empty pipe goes back to the pool.
void give_back_pipe(Worker& w, Channel& ch);

}  // namespace tsproxy
