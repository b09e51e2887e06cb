#!/usr/bin/env python3
"""FAISS Flat beside `Penstock.Bench knn`: the same sizes, one thread, queries per CPU-second as JSON.

Debian: apt-get install python3-faiss libopenblas0-pthread
Run:    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 bench/peers/faiss_flat.py --dim 320
Without OpenBLAS, FAISS uses the reference BLAS and is some twenty times slower, which would be no comparison.
"""
import argparse
import json
import resource
import statistics
import time

import faiss
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--refs", type=int, default=100_000)
parser.add_argument("--dim", type=int, default=320)
parser.add_argument("--queries", type=int, default=1_024)
parser.add_argument("--k", type=int, default=5)
parser.add_argument("--metric", choices=["cosine", "l2"], default="cosine")
parser.add_argument("--runs", type=int, default=5)
args = parser.parse_args()

faiss.omp_set_num_threads(1)
rng = np.random.default_rng(20261122)
refs = rng.standard_normal((args.refs, args.dim), dtype=np.float32)
queries = rng.standard_normal((args.queries, args.dim), dtype=np.float32)
faiss.normalize_L2(refs)
faiss.normalize_L2(queries)

started = time.perf_counter()
index = faiss.IndexFlatIP(args.dim) if args.metric == "cosine" else faiss.IndexFlatL2(args.dim)
index.add(refs)
build = time.perf_counter() - started
index.search(queries[:1], args.k)

cpu, wall = [], []
for _ in range(args.runs):
    cpu_before, wall_before = time.process_time(), time.perf_counter()
    index.search(queries, args.k)
    cpu.append(time.process_time() - cpu_before)
    wall.append(time.perf_counter() - wall_before)

seconds = statistics.median(cpu)
print(json.dumps({
    "peer": f"faiss {faiss.__version__} Flat",
    "refs": args.refs, "dim": args.dim, "queries": args.queries, "k": args.k, "metric": args.metric, "runs": args.runs,
    "queries_per_cpu_second": round(args.queries / seconds, 1),
    "cpu_seconds": round(seconds, 4),
    "wall_seconds": round(statistics.median(wall), 4),
    "gflop_per_second": round(2 * args.refs * args.dim * args.queries / seconds / 1e9, 1),
    "build_seconds": round(build, 4),
    "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1),
}))
