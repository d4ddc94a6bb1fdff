// Requests that are sent again after a server has failed them (manual: retries, retry-on, option redispatch). What a connect that
// fails leads to is dial.cc's business; here is what comes after the request has been sent.
#pragma once
#include "session.h"

namespace tsproxy {

// retry-on has one of these RE_ bits, and an attempt is left.
bool retries_on(const Worker& w, const Session& s, int32_t conditions);
// The RE_ bit of a status of the server, 0 if none.
int32_t retry_bit(int32_t status);
// Must the request be kept, as long as it fits into a buffer, because a failure of the server may ask for it again?
bool keeps_request(const Worker& w, const Session& s);
// The request is here as a whole, nothing but 1xx was passed on of an answer, and retry-on has one of these RE_ bits.
bool may_send_again(const Worker& w, const Session& s, int32_t conditions);
// Sends it again at once: with option redispatch to another server (its interval speaks of connects alone, as in HAProxy), else to the same.
Step send_again(Worker& w, Session& s);

// One attempt is used up.
void count_retry(Worker& w, Session& s);
// The server failed: another one is to be chosen.
Step redispatch(Worker& w, Session& s);

}  // namespace tsproxy
