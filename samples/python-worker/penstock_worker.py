"""A Penstock worker: takes jobs of external operations over HTTP and runs functions for them. Standard library only.

    Worker({"lab.fold": fold}, slots=2).run()     # fold(unit) returns the job's result as JSON-able data

PENSTOCK_URL and PENSTOCK_TOKEN (role operator) name the server. SIGTERM or SIGINT lets running functions finish; a second
one gives their jobs back at once. Safe to kill at any time: the jobs of a silent worker go to others.
"""
import json
import logging
import os
import random
import signal
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("penstock.worker")


class ApiError(Exception):
    """The server refused: `status` and the stable `code` say why."""

    def __init__(self, status, code, detail):
        super().__init__(f"{code}: {detail}")
        self.status, self.code = status, code


class Lost(Exception):
    """The job is not this execution's any more: cancelled, timed out, or given to another. Stop; nothing can be stored."""


class Permanent(Exception):
    """Raise it for a failure that no retry can mend."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class RetryLater(Exception):
    """Raise it when a source or device is busy: the job comes back later and spends no attempt."""

    def __init__(self, reason, seconds):
        super().__init__(reason)
        self.seconds = seconds


class Client:
    """Calls of the HTTP API. Waits for a server that is away, with growing pauses, as long as `patience` says."""

    def __init__(self, url=None, token=None):
        self.url = (url or os.environ["PENSTOCK_URL"]).rstrip("/")
        self.token = token or os.environ["PENSTOCK_TOKEN"]

    def call(self, method, path, body=None, timeout=60, patience=lambda: True):
        pause = 0.1
        while True:
            try:
                return self._once(method, path, body, timeout)
            except ApiError as error:
                if error.status not in (429, 502, 503, 504, 507) or not patience():
                    raise
                log.warning("%s %s: %s; trying again", method, path, error)
            except OSError as error:  # also of urllib: no answer
                if not patience():
                    raise
                log.warning("%s %s: no answer (%s); trying again", method, path, error)
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 5)

    def lines(self, path):
        """The lines of a text download, one by one."""
        with self._open("GET", path, None, 600) as answer:
            for line in answer:
                yield line.decode().rstrip("\n")

    def _once(self, method, path, body, timeout):
        with self._open(method, path, body, timeout) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _open(self, method, path, body, timeout):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/{path}", data, headers, method=method)
        try:
            return urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            try:
                problem = json.loads(text)
            except ValueError:
                problem = {}
            raise ApiError(error.code, problem.get("code", f"http-{error.code}"), problem.get("detail", text)) from None


class Unit:
    """One execution of one job, as its function sees it."""

    def __init__(self, worker, worker_id, claimed):
        self.key, self.job_id, self.operation = claimed["unit"], claimed["job_id"], claimed["operation"]
        self.attempt, self.payload, self.client = claimed["attempt"], claimed["payload"], worker.client
        self._path, self._steps = f"workers/{worker_id}/units/{self.key}", None
        self._ends_at = time.monotonic() + (claimed.get("timeout_seconds") or float("inf"))
        self.lost = threading.Event()

    def check(self):
        """Call it now and then in long work: raises Lost when the work has become pointless, TimeoutError when it took too long."""
        if self.lost.is_set():
            raise Lost(self.key)
        if time.monotonic() > self._ends_at:
            raise TimeoutError("the attempt ran longer than its timeout")

    def step(self, name, work):
        """What `work()` returned the first time this job came here; later executions skip it. JSON-able data only."""
        self.check()
        if self._steps is None:
            self._steps = {step["name"]: step["output"] for step in self._call("GET", "steps")}
        if name not in self._steps:
            began, output = time.monotonic(), work()
            self._call("PUT", "steps/" + urllib.parse.quote(name, ""), {"output": output, "duration_seconds": time.monotonic() - began})
            self._steps[name] = output
        return self._steps[name]

    def event(self, name, message=None, level="info", current=None, total=None, **fields):
        """Adds an entry to the job's history and, with `current`, sets its progress."""
        self.check()
        progress = None if current is None else {"current": current, "total": total}
        self._call("POST", "events", {"name": name, "message": message, "level": level, "fields": fields, "progress": progress})

    def finish(self, outcome, **members):
        # Asked again until it is answered: a second answer to the same end is lease-lost, which changes nothing.
        self._call("POST", "finish", {"outcome": outcome, **members})

    def _call(self, method, action, body=None):
        try:
            return self.client.call(method, f"{self._path}/{action}", body, patience=lambda: not self.lost.is_set())
        except ApiError as error:
            if error.code == "lease-lost":
                self.lost.set()
                raise Lost(self.key) from None
            raise


class Worker:
    """Runs `operations`, functions by operation name, each in a thread of its own."""

    def __init__(self, operations, slots=1, queues=(), client=None):
        self.operations, self.slots, self.queues = operations, slots, list(queues)
        self.client = client or Client()
        self._units, self._gate, self._id = {}, threading.Lock(), None
        self._free = threading.Semaphore(slots)
        self._draining, self._now = threading.Event(), threading.Event()

    def run(self):
        """Works until SIGTERM or SIGINT; then finishes what runs. Returns when nothing is held any more."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: (self._now if self._draining.is_set() else self._draining).set())
        self._register()
        self._pool = ThreadPoolExecutor(self.slots)
        for loop in (self._beat, self._claim):
            threading.Thread(target=loop, daemon=True).start()
        while not self._draining.wait(0.2):
            pass
        log.info("draining: %d units may finish", len(self._units))
        while self._units and not self._now.wait(0.05):
            pass
        # What is still held, or was claimed this instant, goes back to its queue with the worker.
        try:
            self.client.call("DELETE", f"workers/{self._id}", patience=lambda: False)
        except (ApiError, OSError) as error:
            log.warning("could not sign off (%s); the server notices by itself", error)
        log.info("stopped")
        logging.shutdown()
        os._exit(0)  # functions that were told to stop and do not must not hold up the process

    def _register(self):
        me = {"slots": self.slots, "host": socket.gethostname(), "pid": os.getpid(), "queues": self.queues}
        told = self.client.call("POST", "workers", me)
        self._lease, self._interval = told["lease_seconds"], told["heartbeat_seconds"]
        self._seen, self._id = time.monotonic(), told["worker_id"]
        log.info("worker %s takes jobs from %s", self._id, ", ".join(told["queues"]))

    def _beat(self):
        while True:
            # Of those told to stop there is nothing more to hear.
            asked, worker_id = time.monotonic(), self._id
            holding = self._holding(lambda unit: not unit.lost.is_set())
            # A lease of which two thirds passed unconfirmed may be gone: others could start soon, so stop here.
            doubt = lambda: time.monotonic() - self._seen < self._lease * 2 / 3
            try:
                body = {"holding": holding, "wait_seconds": self._interval, "draining": self._draining.is_set()}
                told = self.client.call("POST", f"workers/{worker_id}/heartbeat", body, self._interval * 2, doubt)
            except (ApiError, OSError) as error:
                log.error("no heartbeat went through (%s); stopping %d units", error, len(holding))
                self._lose(holding)
                time.sleep(1)
                continue
            self._seen = asked
            self._lose(told["lost"])
            if told["draining"]:
                self._draining.set()
            if not told["known"]:
                log.warning("the server took this worker for dead; registering anew")
                self._lose(self._holding())
                self._register()

    def _claim(self):
        while not self._draining.is_set():
            self._free.acquire()
            worker_id, claimed = self._id, []
            try:
                body = {"limit": 1, "wait_seconds": 10, "holding": self._holding()}
                claimed = self.client.call("POST", f"workers/{worker_id}/claim", body)
            except ApiError as error:
                if error.code != "worker-unknown":
                    log.error("claim refused: %s", error)
                time.sleep(1)
            if not claimed:
                self._free.release()
            for one in claimed:
                unit = Unit(self, worker_id, one)
                with self._gate:
                    self._units[unit.key] = unit
                self._pool.submit(self._run, unit)

    def _run(self, unit):
        try:
            self._end(unit, *self._outcome(unit))
        finally:
            with self._gate:
                self._units.pop(unit.key, None)
            self._free.release()

    def _outcome(self, unit):
        try:
            if unit.operation not in self.operations:
                raise Permanent("UnknownOperation", f"This worker has no {unit.operation}.")
            return "succeeded", {"result": self.operations[unit.operation](unit)}
        except RetryLater as later:
            return "snoozed", {"error_message": str(later), "delay_seconds": later.seconds}
        except Permanent as error:
            return "failed", {"error_code": error.code, "error_message": str(error), "retryable": False}
        except Exception as error:
            if not isinstance(error, Lost):
                log.exception("%s of job %s failed", unit.operation, unit.job_id)
            return "failed", {"error_code": type(error).__name__, "error_message": str(error)}

    def _end(self, unit, outcome, members):
        if unit.lost.is_set():
            log.warning("job %s is not ours any more; its end is dropped", unit.job_id)
            return
        try:
            unit.finish(outcome, **members)
            log.info("job %s %s", unit.job_id, outcome)
        except (ApiError, Lost, OSError) as error:
            log.warning("the end of job %s was not stored: %s", unit.job_id, error)

    def _holding(self, which=lambda unit: True):
        with self._gate:
            return [key for key, unit in self._units.items() if which(unit)]

    def _lose(self, keys):
        for key in keys:
            unit = self._units.get(key)
            if unit is not None:
                unit.lost.set()
