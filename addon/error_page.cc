#include "error_page.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tsproxy {

namespace {

struct Page {
  int32_t status;
  const char* reason;
  const char* text;
};

constexpr Page PAGES[] = {
    {200, "OK", "The service is ready."},
    {400, "Bad request", "Your browser sent an invalid request."},
    {401, "Unauthorized", "You need a valid user and password to access this content."},
    {403, "Forbidden", "Request forbidden by administrative rules."},
    {404, "Not Found", "The resource could not be found."},
    {405, "Method Not Allowed", "This method is not allowed here."},
    {407, "Unauthorized", "You need a valid user and password to access this content."},
    {408, "Request Time-out", "Your browser didn't send a complete request in time."},
    {410, "Gone", "The resource is no longer available and will not be available again."},
    {413, "Payload Too Large", "The request entity exceeds the maximum allowed."},
    {414, "URI Too Long", "The request target is longer than this server reads."},
    {421, "Misdirected Request", "Request sent to a server that is not responsible for it."},
    {422, "Unprocessable Content", "The server cannot process the contained instructions."},
    {425, "Too Early", "Your browser sent early data."},
    {429, "Too Many Requests", "You have sent too many requests in a given amount of time."},
    {431, "Request Header Fields Too Large", "The headers of the request are larger than this server reads."},
    {500, "Internal Server Error", "An internal server error occurred."},
    {501, "Not Implemented", "The server does not support the functionality required to fulfill the request."},
    {502, "Bad Gateway", "The server returned an invalid or incomplete response."},
    {503, "Service Unavailable", "No server is available to handle this request."},
    {504, "Gateway Time-out", "The server didn't respond in time."},
    {505, "HTTP Version Not Supported", "This version of HTTP is not spoken here."},
};

std::string render(const Page& page) {
  std::string status = std::to_string(page.status);
  std::string body = "<html><body><h1>" + status + " " + page.reason + "</h1>\n" + page.text + "\n</body></html>\n";
  return "HTTP/1.1 " + status + " " + page.reason + "\r\ncontent-length: " + std::to_string(body.size()) +
         "\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n" + body;
}

std::vector<std::string> render_all() {
  std::vector<std::string> pages;
  for (const Page& page : PAGES) pages.push_back(render(page));
  return pages;
}

}  // namespace

std::string_view error_page(int32_t status) {
  static const std::vector<std::string> pages = render_all();
  auto with = [](int32_t wanted) {
    return std::find_if(std::begin(PAGES), std::end(PAGES), [wanted](const Page& page) { return page.status == wanted; });
  };
  const Page* page = with(status);
  if (page == std::end(PAGES)) page = with(500);
  return pages[static_cast<size_t>(page - PAGES)];
}

}  // namespace tsproxy
