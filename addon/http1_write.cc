#include "http1_write.h"

#include <cstring>
#include "edit_page.h"
#include "http1_field.h"
#include "http1_scan.h"

namespace tsproxy {
namespace {

class Output {
 public:
  Output(char* out, size_t room) : first_(out), p_(out), end_(out + room) {}
  void put(const char* bytes, size_t n) {
    if (static_cast<size_t>(end_ - p_) < n) {
      end_ = p_ = first_;   // nothing fits from now on
      full_ = true;
      return;
    }
    if (n > 0) std::memcpy(p_, bytes, n);
    p_ += n;
  }
  template <size_t N>
  void put(const char (&literal)[N]) { put(literal, N - 1); }
  // Text of a rule: what would end the line turns into a blank.
  void put_clean(const char* text, size_t n) {
    char* from = p_;
    put(text, n);
    for (; from < p_; from++) {
      if (*from == '\r' || *from == '\n' || *from == '\0') *from = ' ';
    }
  }
  char* position() { return p_; }
  size_t length() const { return full_ ? 0 : static_cast<size_t>(p_ - first_); }

 private:
  char* first_;
  char* p_;
  char* end_;
  bool full_ = false;
};

bool is_framing(const char* name, size_t n) {
  const Slice slice{0, static_cast<int32_t>(n)};
  return (n == 14 && slice_is(name, slice, "content-length", 14)) || (n == 17 && slice_is(name, slice, "transfer-encoding", 17));
}

// The name in the line of an edit, empty if there is none.
std::string_view name_of(const Edit& edit) {
  const void* colon = edit.size ? std::memchr(edit.text, ':', edit.size) : nullptr;
  return colon ? std::string_view(edit.text, static_cast<size_t>(static_cast<const char*>(colon) - edit.text)) : std::string_view();
}

bool names_framing(const Edit& edit) {
  const std::string_view name = name_of(edit);
  return is_framing(name.data(), name.size());
}

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); i++) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

class HeadWriter {
 public:
  HeadWriter(const char* bytes, const Http1Head& head, const HeadChange& change, char* out, size_t room)
      : bytes_(bytes), head_(head), change_(change), out_(out, room), rebuild_(head.flags & H1_REBUILD) {}

  size_t write() {
    Edit edit;
    for (Edits edits(change_.edits, change_.edits_size); edits.next(edit);) {
      if (edit.op == EDIT_DELETE || edit.op == EDIT_REPLACE) touched_ |= uint64_t{1} << (edit.row & 63);
      if (edit.op == EDIT_START_LINE) start_line_ = edit;
    }
    write_start_line();
    write_fields();
    for (Edits edits(change_.edits, change_.edits_size); edits.next(edit);) {
      if (edit.op == EDIT_APPEND && !names_framing(edit) && !left_out(name_of(edit))) put_line(edit);
    }
    if (change_.connection == ConnectionHeader::Close) out_.put("connection: close\r\n");
    if (change_.connection == ConnectionHeader::KeepAlive) out_.put("connection: keep-alive\r\n");
    out_.put(change_.extra, change_.extra_size);
    out_.put(change_.last.data(), change_.last.size());
    out_.put("\r\n");
    return out_.length();
  }

 private:
  enum class Fate : uint8_t { Copy, Drop, Replace, Options, Te };

  bool left_out(std::string_view name) const { return !change_.without.empty() && same_name(name, change_.without); }

  void put_line(const Edit& edit) {
    out_.put_clean(edit.text, edit.size);
    out_.put("\r\n");
  }

  void write_start_line() {
    const char* line = start_line_.text;
    size_t n = start_line_.size;
    char* first = out_.position();
    if (line) {
      out_.put_clean(line, n);
    } else {
      n = put_own_line();
      const bool simple = head_.status == 0 && head_.start_line.len == head_.target.off + head_.target.len;
      if (simple) out_.put(" HTTP/1.0");   // HTTP/0.9 has no version
    }
    const size_t written = static_cast<size_t>(out_.position() - first);
    if (change_.version_1_1 && written >= n && written >= 8) {
      char* version = head_.status ? first : out_.position() - 8;
      if (std::memcmp(version, "HTTP/1.0", 8) == 0) version[7] = '1';
    }
    out_.put("\r\n");
  }

  // The start line as it came, but with single blanks. Returns its length.
  size_t put_own_line() {
    const char* line = bytes_ + head_.start_line.off;
    const size_t n = static_cast<size_t>(head_.start_line.len);
    const char* const first = out_.position();
    if (!(head_.flags & H1_BLANKS)) {
      out_.put(line, n);
      return n;
    }
    for (size_t at = 0, parts = 0; at < n; parts++) {
      // The last part runs to the end: a reason phrase has blanks of its own.
      size_t stop = at;
      while (stop < n && (parts == 2 || !is_blank(line[stop]))) stop++;
      out_.put(line + at, stop - at);
      for (at = stop; at < n && is_blank(line[at]); at++) {}
      if (stop < n) out_.put(" ");
    }
    return static_cast<size_t>(out_.position() - first);
  }

  void write_fields() {
    const uint32_t own = H1_HAS_TE | (change_.connection != ConnectionHeader::Keep ? H1_HAS_CONNECTION | H1_HAS_KEEP_ALIVE : 0);
    // RFC 9110 section 8.6, RFC 9112 section 6.1: these have no body, and who believed their length would misread the next message.
    bodyless_ = head_.status != 0 && (head_.status < 200 || head_.status == 204);
    look_ = (head_.flags & own) || change_.drop_transfer_encoding || change_.drop_expect || !change_.without.empty() || (bodyless_ && (head_.flags & (H1_CONTENT_LENGTH | H1_TRANSFER_ENCODING)));
    const int32_t fields_off = head_.count > 0 ? head_.fields[0].name.off : 0;
    const int32_t fields_end = head_.count > 0 ? static_cast<int32_t>(head_.length) - 2 : 0;
    if (!look_ && !touched_ && !rebuild_) {
      out_.put(bytes_ + fields_off, static_cast<size_t>(fields_end - fields_off));
      return;
    }
    int32_t run = fields_off;   // lines from here to the present one go out as they came
    Edit edit;
    for (int32_t i = 0; i < head_.count; i++) {
      const Fate fate = fate_of(i, edit);
      if (fate == Fate::Copy && !rebuild_) continue;
      const int32_t line = head_.fields[i].name.off;
      if (!rebuild_) out_.put(bytes_ + run, static_cast<size_t>(line - run));
      run = i + 1 < head_.count ? head_.fields[i + 1].name.off : fields_end;
      write_field(head_.fields[i], fate, edit);
    }
    if (!rebuild_) out_.put(bytes_ + run, static_cast<size_t>(fields_end - run));
  }

  void write_field(const HeaderField& field, Fate fate, const Edit& edit) {
    switch (fate) {
      case Fate::Copy:
        out_.put(bytes_ + field.name.off, static_cast<size_t>(field.name.len));
        out_.put(": ");
        out_.put(bytes_ + field.value.off, static_cast<size_t>(field.value.len));
        out_.put("\r\n");
        return;
      case Fate::Drop:
        return;
      case Fate::Replace:
        return put_line(edit);
      case Fate::Options:
        return write_options(field.value);
      case Fate::Te:
        if (accepts_trailers(field.value)) out_.put("te: trailers\r\n");
        return;
    }
  }

  // What becomes of row i; with Replace, by which edit.
  Fate fate_of(int32_t i, Edit& edit) const {
    const Slice name = head_.fields[i].name;
    const char* text = bytes_ + name.off;
    if (is_framing(text, static_cast<size_t>(name.len))) return bodyless_ || (change_.drop_transfer_encoding && name.len == 17) ? Fate::Drop : Fate::Copy;
    if (touched_ >> (i & 63) & 1 && find_edit(static_cast<uint32_t>(i), edit)) {
      if (edit.op == EDIT_DELETE || left_out(name_of(edit))) return Fate::Drop;
      return names_framing(edit) ? Fate::Copy : Fate::Replace;
    }
    if (left_out({text, static_cast<size_t>(name.len)})) return Fate::Drop;
    return look_ && may_matter(text, static_cast<size_t>(name.len)) ? own_fate(text, name) : Fate::Copy;
  }

  // The last edit of row i.
  bool find_edit(uint32_t i, Edit& found) const {
    bool any = false;
    Edit edit;
    for (Edits edits(change_.edits, change_.edits_size); edits.next(edit);) {
      if ((edit.op != EDIT_DELETE && edit.op != EDIT_REPLACE) || edit.row != i) continue;
      found = edit;
      any = true;
    }
    return any;
  }

  Fate own_fate(const char* text, Slice name) const {
    const Slice at{0, name.len};
    const bool options = change_.connection != ConnectionHeader::Keep;
    switch (name.len) {
      case 2:
        return (head_.flags & H1_HAS_TE) && slice_is(text, at, "te", 2) ? Fate::Te : Fate::Copy;
      case 6:
        return change_.drop_expect && slice_is(text, at, "expect", 6) ? Fate::Drop : Fate::Copy;
      case 10:
        if (options && slice_is(text, at, "connection", 10)) return Fate::Options;
        return options && slice_is(text, at, "keep-alive", 10) ? Fate::Drop : Fate::Copy;
      case 16:
        return options && slice_is(text, at, "proxy-connection", 16) ? Fate::Drop : Fate::Copy;
      default:
        return Fate::Copy;
    }
  }

  // The options of a Connection header but those that the mode decides.
  void write_options(Slice value) {
    bool any = false;
    for (Slice option{value.off, 0}; next_element(value, option);) {
      if (slice_is(bytes_, option, "close", 5) || slice_is(bytes_, option, "keep-alive", 10) || option.len == 0) continue;
      if (any) out_.put(", ");
      else out_.put("connection: ");
      any = true;
      out_.put(bytes_ + option.off, static_cast<size_t>(option.len));
    }
    if (any) out_.put("\r\n");
  }

  bool accepts_trailers(Slice value) const {
    for (Slice option{value.off, 0}; next_element(value, option);) {
      if (slice_is(bytes_, option, "trailers", 8)) return true;
    }
    return false;
  }

  // The next element of the comma list, blanks taken off; `element` is the one before ({list.off, 0} at first).
  bool next_element(Slice list, Slice& element) const {
    const int32_t end = list.off + list.len;
    int32_t at = element.off + element.len;
    while (at < end && (bytes_[at] == ',' || is_blank(bytes_[at]))) at++;
    if (at >= end) return false;
    int32_t stop = at;
    while (stop < end && bytes_[stop] != ',') stop++;
    while (stop > at && is_blank(bytes_[stop - 1])) stop--;
    element = {at, stop - at};
    return true;
  }

  const char* bytes_;
  const Http1Head& head_;
  const HeadChange& change_;
  Output out_;
  bool rebuild_;
  bool bodyless_ = false;   // a response that never has a body
  bool look_ = false;       // names are to be looked at
  uint64_t touched_ = 0;    // row & 63 of each row with an edit
  Edit start_line_;
};

}  // namespace

size_t write_head(const char* bytes, const Http1Head& head, const HeadChange& change, char* out, size_t room) {
  return HeadWriter(bytes, head, change, out, room).write();
}

}  // namespace tsproxy
