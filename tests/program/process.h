// A program that runs in a folder of its own, with what it prints kept in files that can be read meanwhile.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace settle {

struct Finished {
  int status = -1;  // exit status; 128 + the number of the signal that ended it
  std::string out, err;
};

class Process {
 public:
  /// Starts `command` (its first word is a path) in `folder`. `environment` ("NAME=value") replaces variables of ours;
  /// stdout.txt and stderr.txt appear in `folder`.
  Process(std::vector<std::string> command, const std::string& folder, std::vector<std::string> environment = {});
  ~Process();  // ends it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  std::string err_so_far() const;
  /// Waits until standard error holds `text`; false when the program ends or half a minute passes first.
  bool wait_for_err(const std::string& text);
  void send(int signal) const;
  pid_t id() const { return id_; }
  /// Waits for the end; a program that does not end in a minute is killed, which is a failure of the test.
  Finished wait();

 private:
  bool ended();

  std::string folder_;
  pid_t id_ = -1;
  int wait_status_ = 0;
  bool ended_ = false;
};

/// The bytes of a file; empty when it is not there.
std::string bytes_of(const std::string& path);

}  // namespace settle
