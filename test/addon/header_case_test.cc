// h1-case-adjust.
#include "header_case.h"
#include <string>
#include "check.h"

using tsproxy::HeaderCases;

namespace {

std::string adjusted(std::string head) {
  HeaderCases cases;
  cases.add("content-length", "Content-Length");
  cases.add("x-id", "X-ID");
  cases.apply(head.data(), head.size());
  return head;
}

}  // namespace

TEST(names_are_written_as_they_are_wanted) {
  CHECK(adjusted("GET /x-id: a HTTP/1.1\r\ncontent-length: 5\r\nx-id:x-id\r\nX-Id: y\r\nx-idx: z\r\nCONTENT-LENGTH: 5\r\n\r\n") ==
        "GET /x-id: a HTTP/1.1\r\nContent-Length: 5\r\nX-ID:x-id\r\nX-ID: y\r\nx-idx: z\r\nContent-Length: 5\r\n\r\n");
}

TEST(odd_heads_stay_as_they_are) {
  for (const std::string& head : {std::string(), std::string("HTTP/1.1 200 OK"), std::string("HTTP/1.1 200 OK\r\n\r\n"), std::string("a\nx-id"),
                                  "a\r\n" + std::string(1000, 'x') + ": y\r\n\r\n"})
    CHECK(adjusted(head) == head);
}

RUN_TESTS()
