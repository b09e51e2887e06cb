"""A stage of the protein pipeline outside the program: what is a score of a prediction worth?

For each aspect (P, F, C) it compares the predictions of a set with what an evaluation set knows, and fits the best
function that never falls (isotonic regression, by pooling adjacent violators) from score to the share of predictions
that turned out right. The result is the calibration as steps, with the Brier score before and after.

Payload: {"prediction_set_id": UUID, "evaluation_set_id": UUID}. Safe to run again: it only reads, and its result is the job's.
"""
import argparse
import logging

from penstock_worker import Permanent, Worker

OPERATION = "proteins.calibrate_scores"
ASPECTS = ("P", "F", "C")


def isotonic(pairs):
    """Least-squares fit that never falls. `pairs`: (score, 0 or 1). Returns [(lowest score, probability, count)] by score."""
    blocks = []  # [lowest score, sum of labels, count]
    for score, label in sorted(pairs):
        if blocks and blocks[-1][0] == score:
            blocks[-1][1] += label  # equal scores are one point
            blocks[-1][2] += 1
        else:
            blocks.append([score, label, 1])
    pooled = []
    for block in blocks:
        pooled.append(block)
        # Compared without division, so that ties pool exactly.
        while len(pooled) > 1 and pooled[-2][1] * pooled[-1][2] >= pooled[-1][1] * pooled[-2][2]:
            last = pooled.pop()
            pooled[-1][1] += last[1]
            pooled[-1][2] += last[2]
    return [(low, total / count, count) for low, total, count in pooled]


def calibrated(steps, score):
    """The probability of a score: that of the highest step it reaches."""
    probability = steps[0][1]
    for low, value, _ in steps:
        if low > score:
            break
        probability = value
    return probability


def brier(pairs, probability):
    return sum((probability(score) - label) ** 2 for score, label in pairs) / len(pairs)


def summary(pairs):
    steps = isotonic(pairs)
    return {
        "predictions": len(pairs),
        "right": sum(label for _, label in pairs),
        "brier_before": round(brier(pairs, lambda score: score), 6),
        "brier_after": round(brier(pairs, lambda score: calibrated(steps, score)), 6),
        "steps": [{"score": low, "probability": round(value, 6), "predictions": count} for low, value, count in steps],
    }


def aspect_summary(unit, predictions, evaluation, aspect, truth, known):
    pairs = []
    path = f"embeddings/prediction-sets/{predictions}/predictions-cafa.tsv?eval_id={evaluation}&aspect={aspect}"
    for line in unit.client.lines(path):
        pair, score = line.rsplit("\t", 1)
        if pair not in known:
            pairs.append((float(score), int(pair in truth)))
        unit.check()
    return summary(pairs) if pairs else None


def calibrate(unit):
    try:
        predictions, evaluation = unit.payload["prediction_set_id"], unit.payload["evaluation_set_id"]
    except KeyError as missing:
        raise Permanent("PayloadIncomplete", f"The payload lacks {missing}.") from None
    unit.event("calibration.started", current=0, total=len(ASPECTS))
    truth = set()
    for file in ("NK", "LK", "PK"):
        truth.update(unit.client.lines(f"annotations/evaluation-sets/{evaluation}/ground-truth-{file}.tsv"))
    # What was known before is no prediction, right or wrong.
    known = set(unit.client.lines(f"annotations/evaluation-sets/{evaluation}/known-terms.tsv"))
    result = {}
    for done, aspect in enumerate(ASPECTS, 1):
        # A step each: an execution after a crash goes on with the aspect that was cut off.
        found = unit.step(aspect, lambda: aspect_summary(unit, predictions, evaluation, aspect, truth, known))
        if found:
            result[aspect] = found
        unit.event("calibration.advanced", current=done, total=len(ASPECTS), aspect=aspect, predictions=found["predictions"] if found else 0)
    if not result:
        raise Permanent("NothingToCalibrate", "The prediction set says nothing of the proteins of the evaluation set.")
    return result


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Runs " + OPERATION + " for a Penstock server.")
    arguments.add_argument("--slots", type=int, default=1, help="jobs run at once")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    Worker({OPERATION: calibrate}, slots=arguments.parse_args().slots).run()
