"""What every peer reports about itself and its children (Spark's JVM is one), as one line of JSON."""
import json
import os
import time


def _processes():
    """This process and all its descendants."""
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
            return mine
        mine |= more


def cpu_seconds():
    ticks = 0
    for pid in _processes():
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mb():
    total = 0
    for pid in _processes():
        try:
            with open(f"/proc/{pid}/status") as f:
                for line in f:
                    if line.startswith("VmHWM:"):
                        total += int(line.split()[1]) / 1024
        except OSError:
            pass
    return total


def measure(work):
    cpu, started = cpu_seconds(), time.perf_counter()
    check = work()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "cpuSeconds": max(cpu_seconds() - cpu, 0.001), "peakMB": peak_mb(), "check": float(check)}))
