// A newer system's compiler asks for symbols that older systems lack, though they have the same
// function under an older version. These definitions serve all files of the addon and lead to the
// older ones, so that the addon runs wherever libtorch does (glibc 2.28). scripts/symbol_floor.mjs
// checks the finished file and names what is missing here.
#include <sstream>
#include <string>

#if defined(__x86_64__) && defined(__GLIBC__)

// Names what is defined here, for this addon only.
#define GANTORCH_DEFINES(symbol) __asm__(symbol) __attribute__((visibility("hidden")))
// Declares `name` to be `symbol` as it was in `version`.
#define GANTORCH_OLDER(name, symbol, version) __asm__(".symver " #name "," symbol "@" #version)

extern "C" {

// There may be several threads. While there is one, std::shared_ptr counts faster since glibc 2.32,
// but in Node there are always more.
extern const char severalThreads GANTORCH_DEFINES("__libc_single_threaded");
const char severalThreads = 0;

// Until 2.34 in libpthread, which Node and libtorch bring.
GANTORCH_OLDER(olderOnce, "pthread_once", GLIBC_2.2.5);
int olderOnce(int* control, void (*run)());
int once(int* control, void (*run)()) GANTORCH_DEFINES("pthread_once");
int once(int* control, void (*run)()) { return olderOnce(control, run); }

// Since 2.29 without the error handling of System V; the numbers are the same.
GANTORCH_OLDER(olderLog, "log", GLIBC_2.2.5);
double olderLog(double x);
double newerLog(double x) GANTORCH_DEFINES("log");
double newerLog(double x) { return olderLog(x); }

GANTORCH_OLDER(olderPow, "pow", GLIBC_2.2.5);
double olderPow(double x, double y);
double newerPow(double x, double y) GANTORCH_DEFINES("pow");
double newerPow(double x, double y) { return olderPow(x, y); }

// std::condition_variable::wait, noexcept until GCC 12.
#define GANTORCH_WAIT "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE"
GANTORCH_OLDER(olderWait, GANTORCH_WAIT, GLIBCXX_3.4.11);
void olderWait(void* self, void* lock);
void newerWait(void* self, void* lock) GANTORCH_DEFINES(GANTORCH_WAIT);
void newerWait(void* self, void* lock) { olderWait(self, lock); }

}  // extern "C"

// std::stringbuf::str of C++20, compiled here.
template std::string std::stringbuf::str() const&;
__asm__(".hidden _ZNKRSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEE3strEv");

#endif
