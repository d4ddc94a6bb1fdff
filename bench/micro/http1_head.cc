// Nanoseconds per head of the HTTP/1 parser and writer, on one core, warm caches. Prints one JSON object.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include "http1_write.h"

using namespace tsproxy;

namespace {

const std::string BROWSER =
    "GET /static/js/app.4f3c2a1b.js?v=20240501 HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Referer: https://www.example.com/index.html\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=1\r\n"
    "Cache-Control: max-age=0\r\n"
    "Upgrade-Insecure-Requests: 1\r\n\r\n";
const std::string SMALL = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";
const std::string RESPONSE =
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Wed, 01 May 2024 10:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
    "Content-Length: 1024\r\nLast-Modified: Wed, 01 May 2024 09:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"6631f2a0-400\"\r\nAccept-Ranges: bytes\r\n\r\n";

// The best of several runs: what the code costs when nothing else takes the core.
template <typename F>
double nanoseconds(F once) {
  double best = 1e9;
  constexpr int COUNT = 200000;
  for (int run = 0; run < 7; run++) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < COUNT; i++) once();
    best = std::min(best, std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / COUNT);
  }
  return best;
}

HeaderField fields[101];

double parse_time(const std::string& text, bool response) {
  Http1Head head;
  Http1Error error;
  head.fields = fields;
  head.capacity = 101;
  const Http1Limits limits;
  return nanoseconds([&] {
    const Parse parsed = response ? parse_response(text.data(), text.size(), 0, limits, head, error) : parse_request(text.data(), text.size(), 0, limits, head, error);
    asm volatile("" : : "r"(&head), "r"(parsed) : "memory");
  });
}

double write_time(const std::string& text, ConnectionHeader connection) {
  Http1Head head;
  Http1Error error;
  head.fields = fields;
  head.capacity = 101;
  parse_request(text.data(), text.size(), 0, {}, head, error);
  HeadChange change;
  change.connection = connection;
  static char out[4096];
  return nanoseconds([&] {
    const size_t n = write_head(text.data(), head, change, out, sizeof out);
    asm volatile("" : : "r"(out), "r"(n) : "memory");
  });
}

}  // namespace

int main() {
  std::printf("{\"request, 10 headers, %zu bytes\": %.1f, ", BROWSER.size(), parse_time(BROWSER, false));
  std::printf("\"request, 1 header\": %.1f, ", parse_time(SMALL, false));
  std::printf("\"response, 8 headers, %zu bytes\": %.1f, ", RESPONSE.size(), parse_time(RESPONSE, true));
  std::printf("\"write as it came\": %.1f, \"write without Connection\": %.1f}\n", write_time(BROWSER, ConnectionHeader::Keep), write_time(BROWSER, ConnectionHeader::None));
}
