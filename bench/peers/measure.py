"""What every peer reports about itself and its children (Spark's JVM is one), as one line of JSON."""
import gc
import json
import os
import time


def _children():
    """Processes that this one started, and theirs."""
    parents = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                parents[int(pid)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    mine = {os.getpid()}
    while True:
        more = {p for p, parent in parents.items() if parent in mine} - mine
        if not more:
            return mine - {os.getpid()}
        mine |= more


def cpu_seconds():
    """Of all threads; children by the ticks of the system."""
    ticks = 0
    for pid in _children():
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def peak_mb():
    total = 0
    for pid in _children() | {os.getpid()}:
        try:
            with open(f"/proc/{pid}/status") as f:
                for line in f:
                    if line.startswith("VmHWM:"):
                        total += int(line.split()[1]) / 1024
        except OSError:
            pass
    return total


def _settle():
    """Lets go of what the preparation left behind, and starts the peak of memory anew."""
    gc.collect()
    for pid in _children() | {os.getpid()}:
        try:
            with open(f"/proc/{pid}/clear_refs", "w") as f:
                f.write("5")
        except OSError:
            pass


def _clock(work):
    cpu, started = cpu_seconds(), time.perf_counter()
    value = work()
    seconds = time.perf_counter() - started
    return value, {"seconds": seconds, "cpuSeconds": max(cpu_seconds() - cpu, 0.001)}


def measure(work, more=0, error=None):
    """Runs `work` for the first time in this process, then `more` times again; `error` of what it gave does not count."""
    _settle()
    value, result = _clock(work)
    later = [_clock(work)[1] for _ in range(more)]
    if later:
        result["later"] = {key: min(r[key] for r in later) for key in ("seconds", "cpuSeconds")}
    result["peakMB"] = peak_mb()
    if error:
        result["error"] = float(error(value))
    print(json.dumps(result))
