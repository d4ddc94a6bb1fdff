#include "log_output.h"

#include <cerrno>
#include <cstring>
#include "check.h"
#include "sys_script.h"

using namespace tsproxy;
using script::Call;
using script::Connecting;

namespace {

const char SYSLOG[] = "192.0.2.9:514";

// Records as JavaScript writes them.
struct Records {
  std::string bytes;
  Records& add(uint16_t receiver, const std::string& message) {
    uint16_t head[2] = {receiver, static_cast<uint16_t>(message.size())};
    bytes.append(reinterpret_cast<const char*>(head), sizeof head).append(message);
    return *this;
  }
};

LogOutput::Count send(LogOutput& output, const Records& records) { return output.send(records.bytes.data(), records.bytes.size()); }

LogReceiver datagrams(const std::string& to = SYSLOG) { return {script::address(to), -1}; }

void start(const std::string& to = SYSLOG) {
  script::reset();
  script::on_connect(to, Connecting::Now);
}

struct Pipe {
  int fds[2];
  Pipe() { sys::pipe(fds); }
  LogReceiver end() const { return {{}, fds[1]}; }
  std::string read() const {
    char bytes[65536];
    ssize_t n = sys::read(fds[0], bytes, sizeof bytes);
    return n > 0 ? std::string(bytes, static_cast<size_t>(n)) : std::string();
  }
};

}  // namespace

TEST(messages_of_one_receiver_leave_in_one_call) {
  start();
  LogOutput output({datagrams()});
  LogOutput::Count count = send(output, Records().add(0, "one").add(0, "two").add(0, "three"));
  CHECK(count.sent == 3 && count.dropped == 0);
  CHECK(script::calls(Call::SendMany) == 1);
  CHECK(script::connected(0).received() == "onetwothree");
  CHECK(script::misuse().empty());
}

TEST(receivers_get_their_own_messages_in_order) {
  start();
  script::on_connect("192.0.2.8:514", Connecting::Now);
  LogOutput output({datagrams(), datagrams("192.0.2.8:514")});
  send(output, Records().add(1, "a").add(0, "b").add(1, "c"));
  CHECK(script::connected(0).received() == "b");
  CHECK(script::connected(1).received() == "ac");
}

TEST(a_full_receiver_costs_one_call_and_its_messages) {
  start();
  LogOutput output({datagrams()});
  send(output, Records().add(0, "first"));
  script::connected(0).stall();
  Records many;
  for (int i = 0; i < 1000; i++) many.add(0, "message");
  uint64_t before = script::calls(Call::SendMany);
  LogOutput::Count count = send(output, many);
  CHECK(count.sent == 0 && count.dropped == 1000);
  CHECK(script::calls(Call::SendMany) == before + 1);
  script::connected(0).drain();
  CHECK(send(output, Records().add(0, "later")).sent == 1);
  CHECK(script::connected(0).received() == "firstlater");
}

TEST(what_fits_is_sent_before_a_receiver_is_full) {
  start();
  LogOutput output({datagrams()});
  send(output, Records().add(0, "x"));
  script::connected(0).room(6);
  LogOutput::Count count = send(output, Records().add(0, "abc").add(0, "def").add(0, "ghi"));
  CHECK(count.sent == 2 && count.dropped == 1);
  CHECK(script::connected(0).received() == "xabcdef");
}

TEST(the_answer_to_an_earlier_datagram_does_not_cost_this_one) {
  start();
  LogOutput output({datagrams()});
  send(output, Records().add(0, "lost"));
  script::fail(Call::SendMany, ECONNREFUSED, 1);
  CHECK(send(output, Records().add(0, "again")).sent == 1);
  script::fail(Call::SendMany, ECONNREFUSED, 2);
  CHECK(send(output, Records().add(0, "nobody").add(0, "there")).dropped == 2);
}

TEST(a_receiver_out_of_reach_is_tried_again_with_the_next_messages) {
  start();
  script::fail(Call::Connect, ENETUNREACH, 1);
  LogOutput output({datagrams()});
  CHECK(send(output, Records().add(0, "a")).dropped == 1);
  CHECK(script::open_fds() == 0);
  CHECK(send(output, Records().add(0, "b")).sent == 1);
}

TEST(no_descriptor_drops_messages) {
  start();
  script::fd_limit(0);
  LogOutput output({datagrams()});
  CHECK(send(output, Records().add(0, "a")).dropped == 1);
}

TEST(a_pipe_gets_small_messages_together_and_whole) {
  script::reset();
  Pipe pipe;
  LogOutput output({pipe.end()});
  CHECK(send(output, Records().add(0, "one\n").add(0, "two\n")).sent == 2);
  CHECK(script::calls(Call::Write) == 1);
  CHECK(pipe.read() == "one\ntwo\n");
}

TEST(a_full_pipe_drops_and_recovers) {
  script::reset();
  script::slots(1);
  Pipe pipe;
  LogOutput output({pipe.end()});
  CHECK(send(output, Records().add(0, "one\n")).sent == 1);
  CHECK(send(output, Records().add(0, "two\n").add(0, "three\n")).dropped == 2);
  CHECK(pipe.read() == "one\n");
  CHECK(send(output, Records().add(0, "four\n")).sent == 1);
  CHECK(pipe.read() == "four\n");
}

TEST(the_rest_of_a_message_comes_before_the_next_one) {
  script::reset();
  Pipe pipe;
  LogOutput output({pipe.end()});
  script::shorten(Call::Write, 5, 1);
  LogOutput::Count count = send(output, Records().add(0, "one\n").add(0, "two\n").add(0, "six\n"));
  CHECK(count.sent == 3 && count.dropped == 0);
  CHECK(pipe.read() == "one\ntwo\nsix\n");
}

TEST(records_that_are_cut_or_name_nobody_are_left_out) {
  start();
  LogOutput output({datagrams()});
  Records records;
  records.add(7, "nobody").add(0, "good").add(0, "cut off");
  records.bytes.resize(records.bytes.size() - 3);
  LogOutput::Count count = send(output, records);
  CHECK(count.sent == 1 && count.dropped == 0);
  CHECK(script::connected(0).received() == "good");
  CHECK(output.send("abc", 3).sent == 0);
}

RUN_TESTS()
