#include "engine.h"
#include "engine_parts.h"

namespace tsproxy {

namespace {
constexpr size_t EDIT_PAGE = 16384;        // bytes of head edits a decision may write
constexpr size_t WINDOW_BYTES = 131072;    // most that one read takes
constexpr int MAX_EVENTS = 512;
}  // namespace

Worker::Worker(EngineConf c, std::shared_ptr<Pages> p, Decider& d)
    : conf(std::move(c)), pages(std::move(p)), decider(d), row(pages->row(conf.worker)), wheel(loop.now_ms()),
      window(conf.max_headers, EDIT_PAGE, WINDOW_BYTES), listeners(conf.listeners.size()) {
  for (size_t i = 0; i < listeners.size(); i++) {
    listeners[i].fd = conf.listeners[i].fd;
    listeners[i].index = static_cast<int32_t>(i);
  }
}

Engine::Engine(EngineConf conf, std::shared_ptr<Pages> pages, Decider& decider)
    : parts_(std::make_unique<Parts>(std::move(conf), std::move(pages), decider)) {}
Engine::~Engine() = default;
int Engine::fd() const { return parts_->loop.fd(); }
void Engine::start() {
  for (Listener& listener : parts_->listeners) parts_->loop.add_level_in(listener, parts_->conf.workers > 1);
}
void Engine::pass() {
  Worker& w = *parts_;
  w.loop.update_clock();
  epoll_event events[MAX_EVENTS];
  int n = w.loop.collect(events, MAX_EVENTS);
  for (int i = 0; i < n; i++) {
    auto* p = static_cast<Pollable*>(events[i].data.ptr);
    if (p->kind == PollKind::Timer) w.loop.timer_fired();
    if (p->kind == PollKind::Mail) w.loop.mail_taken();
    if (p->kind != PollKind::Listener) continue;
    sockaddr_storage from;
    socklen_t length = sizeof from;
    int fd = sys::accept(p->fd, &from, &length);
    if (fd >= 0) sys::close(fd);
  }
}
void Engine::stop_listening() {}
void Engine::pause_listening(bool) {}
uint32_t Engine::sessions() const { return 0; }
void Engine::resume(uint32_t, int32_t) {}
bool Engine::reply(uint32_t, std::string_view, std::string_view) { return false; }
void Engine::shutdown_server(int32_t) {}
void Engine::post() { parts_->loop.post(); }
Window& Engine::window() { return parts_->window; }
Pages& Engine::pages() { return *parts_->pages; }

}  // namespace tsproxy
