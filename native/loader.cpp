// A tiny addon without libtorch: opens shared libraries so that the main addon finds their symbols.
#include <dlfcn.h>
#include <elf.h>
#include <napi.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#if defined(__x86_64__) && defined(__GLIBC__)
// As they were before glibc 2.34 moved them into libc: libtorch runs with glibc 2.28.
__asm__(".symver dlopen,dlopen@GLIBC_2.2.5");
__asm__(".symver dlclose,dlclose@GLIBC_2.2.5");
__asm__(".symver dlerror,dlerror@GLIBC_2.2.5");
#endif

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "Add the ELF machine number of this processor."
#endif

bool ReadHeader(std::ifstream& file, Elf64_Ehdr& header) {
  if (!file.read(reinterpret_cast<char*>(&header), sizeof header)) return false;
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64;
}

// Bytes that the file must have for its segments, 0 when they can't be read.
std::uint64_t BytesNeeded(std::ifstream& file, const Elf64_Ehdr& header) {
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  const auto length = static_cast<std::streamsize>(segments.size() * sizeof(Elf64_Phdr));
  if (!file.read(reinterpret_cast<char*>(segments.data()), length)) return 0;
  std::uint64_t needed = 0;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD) needed = std::max(needed, segment.p_offset + segment.p_filesz);
  }
  return needed;
}

// Why this file can't be opened, or nothing. A file cut short would end the process inside dlopen.
std::string Defect(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return path + ": cannot be read: " + std::strerror(errno);
  Elf64_Ehdr header{};
  if (!ReadHeader(file, header)) return path + ": is not a shared library";
  if (header.e_machine != kMachine) {
    return path + ": is for another processor (ELF machine " + std::to_string(header.e_machine) +
           ")";
  }
  const std::uint64_t needed = BytesNeeded(file, header);
  if (needed == 0) return path + ": is not a shared library";
  file.clear();
  file.seekg(0, std::ios::end);
  const auto size = static_cast<std::uint64_t>(file.tellg());
  if (size >= needed) return "";
  return path + ": is cut short: " + std::to_string(size) + " bytes of " + std::to_string(needed);
}

// How long libgomp's waiting workers spin, in its own units (some ten microseconds). Its default of
// milliseconds makes a step take almost twice as long when anything else wants the cores. libgomp
// reads this once, when it is opened; what the user has set stands.
class SpinCount {
 public:
  SpinCount() : ours_(!std::getenv(kName) && !std::getenv("OMP_WAIT_POLICY")) {
    if (ours_) setenv(kName, "10000", 0);
  }
  ~SpinCount() {
    if (ours_) unsetenv(kName);
  }
  SpinCount(const SpinCount&) = delete;
  SpinCount& operator=(const SpinCount&) = delete;

 private:
  static constexpr const char* kName = "GOMP_SPINCOUNT";
  bool ours_;
};

// Opens the libraries in this order, their symbols visible to all that is opened later. Returns
// what is wrong with the first that fails, and leaves none of them open then.
std::string OpenAll(const std::vector<std::string>& paths) {
  std::vector<void*> handles;
  for (const std::string& path : paths) {
    std::string reason = Defect(path);
    if (reason.empty()) {
      // Lazy: libtorch names functions of CUDA that a CPU run never calls.
      if (void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_GLOBAL)) {
        handles.push_back(handle);
        continue;
      }
      const char* text = dlerror();
      reason = text != nullptr ? text : path + ": dlopen failed";
    }
    std::for_each(handles.rbegin(), handles.rend(), dlclose);
    return reason;
  }
  return "";
}

// Room in this thread's heap. glibc makes the heap of any but the main thread larger page by page,
// a system call for each, and libtorch takes 45 MB in small blocks when it is opened. Nothing of
// the room is in memory before it is used.
class HeapRoom {
 public:
  HeapRoom() {
    for (void*& piece : pieces_) piece = std::malloc(kPiece);
    // The last one keeps the others' room from going back to the system.
    std::for_each(pieces_.begin(), pieces_.end() - 1, std::free);
  }
  ~HeapRoom() { std::free(pieces_.back()); }
  HeapRoom(const HeapRoom&) = delete;
  HeapRoom& operator=(const HeapRoom&) = delete;

 private:
  // Larger ones would not come from the heap.
  static constexpr std::size_t kPiece = 120 << 10;
  std::array<void*, 400> pieces_;
};

// The thread that opens libraries ahead. One for the process: node's worker threads share them.
class Ahead {
 public:
  // Does nothing when another one began before.
  void Begin(std::vector<std::string> paths) {
    const std::lock_guard lock(mutex_);
    if (hasBegun_) return;
    hasBegun_ = true;
    try {
      // What fails here fails again in open, which tells.
      thread_ = std::thread([this, paths = std::move(paths)] {
        if (!LeaveFolder()) return;
        const HeapRoom room;
        if (OpenAll(paths).empty()) opened_ = paths.back();
      });
    } catch (const std::system_error&) {
      // No threads to be had: open does all of it.
    }
  }

  // Waits for the thread. The last library that it opened, or nothing.
  std::string Finish() {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable()) thread_.join();
    return opened_;
  }

 private:
  // Gives this thread a working folder of its own that stays: MKL ends a process whose folder is
  // deleted while it is opened. False where the system doesn't allow that.
  static bool LeaveFolder() { return unshare(CLONE_FS) == 0 && chdir("/") == 0; }

  std::mutex mutex_;
  std::thread thread_;
  bool hasBegun_ = false;
  std::string opened_;
};

// Never destroyed: a thread that still runs at the end of the process would end it with an error.
Ahead& TheAhead() {
  static Ahead& ahead = *std::make_unique<Ahead>().release();
  return ahead;
}

std::vector<std::string> PathsOf(const Napi::CallbackInfo& info) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < info.Length(); ++i) {
    if (!info[i].IsString()) throw Napi::TypeError::New(info.Env(), "takes paths");
    paths.push_back(info[i].As<Napi::String>());
  }
  return paths;
}

// open(path, ...paths): see OpenAll; throws its reason.
Napi::Value Open(const Napi::CallbackInfo& info) {
  const std::vector<std::string> paths = PathsOf(info);
  TheAhead().Finish();
  const SpinCount spinCount;
  const std::string reason = OpenAll(paths);
  if (!reason.empty()) throw Napi::Error::New(info.Env(), reason);
  return info.Env().Undefined();
}

// A process that ends before the thread did would run libtorch's last handlers beside its first
// ones. What belongs to the thread that calls exit is destroyed before any handler runs.
struct FinishBeforeExit {
  ~FinishBeforeExit() { TheAhead().Finish(); }
};

// openAhead(path, ...paths): begins what open does, the first library at once and the others on a
// thread. Says nothing of failures: open, called later, finds them again.
Napi::Value OpenAhead(const Napi::CallbackInfo& info) {
  std::vector<std::string> paths = PathsOf(info);
  if (paths.empty()) return info.Env().Undefined();
  [[maybe_unused]] static thread_local const FinishBeforeExit finishBeforeExit;
  // The environment is not changed beside this thread; libgomp, which reads it, is the first.
  const SpinCount spinCount;
  if (OpenAll({paths.front()}).empty()) TheAhead().Begin(std::move(paths));
  return info.Env().Undefined();
}

// openedAhead(): waits for what openAhead began. The last library that it opened, or ''.
Napi::Value OpenedAhead(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), TheAhead().Finish());
}

// defect(path): why the file can't be opened as a library, or ''.
Napi::Value DefectOf(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) throw Napi::TypeError::New(info.Env(), "defect takes a path");
  return Napi::String::New(info.Env(), Defect(info[0].As<Napi::String>()));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, Open, "open"));
  exports.Set("openedAhead", Napi::Function::New(env, OpenedAhead, "openedAhead"));
  exports.Set("openAhead", Napi::Function::New(env, OpenAhead, "openAhead"));
  // Node closes this library when the last thread that required it ends.
  env.AddCleanupHook([] { TheAhead().Finish(); });
  exports.Set("defect", Napi::Function::New(env, DefectOf, "defect"));
  return exports;
}

}  // namespace

NODE_API_MODULE(loader, Init)
