// Streams: one HTTP/1 request and its response. Heads are read into the window, decided upon, rewritten and passed on; bodies
// are the channels' business.
#pragma once
#include "session.h"

namespace tsproxy {

struct Loaded;

// How strictly heads are read: `unsafe` is the option of the proxy (PO_UNSAFE_…), the rest holds for the process.
Http1Limits limits_of(const Worker& w, int32_t unsafe);
// The largest head: what fits into a buffer beside tune.maxrewrite.
size_t head_limit(const Worker& w);
// Brings what is at hand of a head into the window: what was read ahead, and one read behind it if all of that has been
// searched. Returns the number of bytes.
size_t load(Worker& w, Session& s, Connection& c, size_t limit);
// Another read behind what is loaded. False: nothing came.
bool load_more(Worker& w, size_t limit);
// What is loaded and was not consumed goes back into its connection, edits applied. False: no memory.
bool unload(Worker& w);
// Rewrites the loaded head by the edit page and parses it anew. False: it does not fit.
bool apply_edits(Worker& w);
// The loaded message is consumed: head, and what of its body is there; bytes behind it go back into `ahead`.
void consume(Worker& w, Session& s, Channel& ch, const char* head, size_t head_length);

// The framing of what is loaded of the body is broken: no word of the message has been passed on yet.
bool begins_badly(const Loaded& m, BodyKind kind);

// stream.cc: requests
Step step_head(Worker& w, Session& s);
Step step_request(Worker& w, Session& s);
Step request_rules(Worker& w, Session& s);
// The request head in the window again, for another decision. False: it is gone.
bool load_request(Worker& w, Session& s);
// Serialises the request into `up`. False: it does not fit.
bool write_request(Worker& w, Session& s);
// The serialised request goes to another server than it was written for (http-send-name-header). False: no memory.
bool rename_server(Worker& w, Session& s);

// response.cc
// Reads the response head as far as it is there; once it is complete it is decided upon and passed on.
Step take_response(Worker& w, Session& s);
// The response head in the window goes to the client.
Step send_response(Worker& w, Session& s);
void count_status(Worker& w, const Session& s, int32_t status);
// option h1-case-adjust-bogus-client: the names in n bytes of a serialised head.
void adjust_case_for_client(Worker& w, const Session& s, char* head, size_t n);

}  // namespace tsproxy
