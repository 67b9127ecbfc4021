"""The samplers of the table: the views of each, and its settings. Every setting is free of scale, and none is chosen by
the case."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Literal

import torch

from benchmarks.analytic.metrics import Judge, Scores
from benchmarks.analytic.populations import Population, populated
from benchmarks.analytic.toy import Case, Toy, cosine
from inlay_engine.agree import Agree, DescentStepSize, StepSize
from inlay_engine.fresh import Fresh
from inlay_engine.graph import Graph, Moving
from inlay_engine.noise import Noise
from inlay_engine.sampler import Method, Step, sample

Views = Literal["windows", "windows+coarse"]
PLAIN = Method()  # DDIM, eta 0, lambda 1


@dataclass(frozen=True)
class Sampler:
    """One sampler of the table: a graph of the toy, and the settings that sample it in `steps` steps. With a
    `population`, weights choose which samples stay."""

    name: str
    graph: Callable[[Toy], Moving]
    method: Method = PLAIN
    steps: int = 50
    views: Views = "windows"
    population: Population | None = None

    def run(self, toy: Toy, noise: Noise) -> Iterator[Step]:
        graph, schedule = self.graph(toy), cosine(self.steps)
        if self.population is None:
            return sample(graph, schedule, noise, self.method)
        assert isinstance(graph, Graph)
        return populated(graph, schedule, noise, self.method, self.population)


@dataclass(frozen=True)
class Row:
    """The scores of one sampler. `step_size` is the mean lambda of the run. `passes` counts the calls of the models for
    one sample that stays, and `view_forwards` the views in those calls. `seconds` is the CPU time on one core for all
    samples."""

    sampler: str
    views: Views
    mahalanobis: float
    cov_error: float
    far_agreement: float
    step_size: float
    passes: int
    view_forwards: int
    seconds: float


def exact(mu: float) -> Method:
    """Free lambda with a penalty of mu, solved exactly."""
    return Method(agree=Agree(step_size=StepSize(mu)))


def gradient(mu: float, iterations: int, rate: float) -> Method:
    """Free lambda by gradient descent on X0 from the weighted average, stopped after `iterations`. It is not the
    paper's descent; `paper` is."""
    return Method(agree=Agree("gradient", StepSize(mu), iterations, rate))


def paper(iterations: int, rate: float, rho: float | None = None) -> Sampler:
    """The paper's own algorithm: gradient descent on X^{t-1} from X^t. With a `rho`, lambda descends as well."""
    name = f"paper: descent from X^t, {iterations} at rate {rate:g}"
    if rho is None:
        return Sampler(name, Toy.overlapping, Method(agree=Agree("descent", None, iterations, rate)))
    how = Agree("descent", DescentStepSize(rho), iterations, rate)
    return Sampler(f"{name}, rho {rho:g} lambda", Toy.overlapping, Method(agree=how))


def correctors(count: int, snr: float) -> Method:
    return Method(corrector_steps=count, corrector_snr=snr)


def fresh(share: float, until: float, steps: int = 50) -> Sampler:
    """Windows alone, with a share of the noise drawn anew until a share of the steps."""
    name = f"fresh {share:g} until {until:g}" + ("" if steps == 50 else f", {steps} steps")
    return Sampler(name, Toy.overlapping, Method(fresh=Fresh(share, last=until)), steps)


def pulled(pull: float, until: float, fresh: float) -> Sampler:
    """Windows alone, all of whose noise is drawn anew until `fresh`, and whose answers are pulled towards their
    mean."""
    name = f"fresh 1 until {fresh:g}, pull {pull:g} until {until:g}"
    return Sampler(name, lambda toy: toy.pulled(pull, until), Method(fresh=Fresh(1.0, last=fresh)))


def counting_fresh(until: float) -> Sampler:
    name = f"counting, fresh 1 until {until:g}"
    return Sampler(name, Toy.counted, Method(fresh=Fresh(1.0, last=until), agree=COUNTING))


COUNTING = Agree("counting")

WINDOWS = (
    Sampler("independent tiles", Toy.tiles),
    Sampler("MultiDiffusion (lambda 1, eta 0)", Toy.overlapping),
    Sampler("Gaussian weights (Mixture of Diffusers)", Toy.gaussian_weights),
    Sampler("shifted tiles (SpotDiffusion)", lambda toy: toy.shifted(toy.case.window)),
    Sampler("shifted windows", lambda toy: toy.shifted(toy.case.stride)),
    Sampler("DPM-Solver++(2M)", Toy.overlapping, Method("dpmsolver++")),
    paper(1, 0.3),
    paper(3, 0.3),
    paper(10, 0.3),
    paper(30, 0.3),
    paper(1, 0.6),
    paper(3, 0.6),
    paper(10, 0.6),
    paper(10, 0.6, rho=0.1),
    paper(10, 0.6, rho=0.01),
    paper(10, 0.6, rho=0.0),
    Sampler("gradient from the average, 1 iteration, mu 0.3", Toy.overlapping, gradient(0.3, 1, 1.0)),
    Sampler("gradient from the average, 10 iterations, mu 0.3", Toy.overlapping, gradient(0.3, 10, 1.0)),
    Sampler("gradient from the average, 10 at rate 0.3, mu 0.3", Toy.overlapping, gradient(0.3, 10, 0.3)),
    Sampler("gradient from the average, 10 iterations, mu 0.03", Toy.overlapping, gradient(0.03, 10, 1.0)),
    Sampler("exact lambda, mu 1", Toy.overlapping, exact(1.0)),
    Sampler("exact lambda, mu 0.3", Toy.overlapping, exact(0.3)),
    Sampler("exact lambda, mu 0.1", Toy.overlapping, exact(0.1)),
    Sampler("exact lambda, mu 0.03", Toy.overlapping, exact(0.03)),
    Sampler("exact lambda, no penalty", Toy.overlapping, exact(0.0)),
    Sampler("eta 0.5", Toy.overlapping, Method(eta=0.5)),
    Sampler("eta 1", Toy.overlapping, Method(eta=1.0)),
    fresh(0.7, 1.0),
    fresh(1.0, 1.0),
    fresh(1.0, 0.5),
    pulled(0.2, 1.0, fresh=1.0),
    pulled(0.6, 0.2, fresh=0.5),
    fresh(1.0, 0.7, steps=100),
    fresh(1.0, 1.0, steps=250),
    Sampler("shifted windows, eta 1", lambda toy: toy.shifted(toy.case.stride), Method(eta=1.0)),
    Sampler("25 steps, 1 corrector of snr 0.4", Toy.overlapping, correctors(1, 0.4), steps=25),
    Sampler("counting (DiffCollage)", Toy.counted, Method(agree=COUNTING)),
    Sampler("counting, eta 1", Toy.counted, Method(eta=1.0, agree=COUNTING)),
    counting_fresh(1.0),
    counting_fresh(0.25),
    Sampler("harmonise 1", Toy.overlapping, Method(harmonise=1)),
    Sampler("harmonise 4", Toy.overlapping, Method(harmonise=4)),
    Sampler("harmonise 4, eta 1", Toy.overlapping, Method(harmonise=4, eta=1.0)),
    Sampler("4 correctors of snr 0.2", Toy.overlapping, correctors(4, 0.2)),
    Sampler("4 correctors of snr 0.4", Toy.overlapping, correctors(4, 0.4)),
    Sampler("4 correctors of snr 0.6", Toy.overlapping, correctors(4, 0.6)),
    Sampler(
        "counting, 4 correctors of snr 0.4", Toy.counted, Method(agree=COUNTING, corrector_steps=4, corrector_snr=0.4)
    ),
)


def together(name: str, population: Population, graph: Callable[[Toy], Graph], method: Method) -> Sampler:
    return Sampler(name, graph, method, population=population)


BEST_OF_4, HALVED = Population(4, (1.0, 1.0), halve=True), Population(8, (0.2, 0.4, 0.6), halve=True)
POPULATIONS = (
    together("the best of 4", BEST_OF_4, Toy.overlapping, PLAIN),
    together("8, halved at 0.2, 0.4, 0.6", HALVED, Toy.overlapping, PLAIN),
    together("eta 1, the best of 4", BEST_OF_4, Toy.overlapping, Method(eta=1.0)),
    together("eta 1, 8, halved at 0.2, 0.4, 0.6", HALVED, Toy.overlapping, Method(eta=1.0)),
    together("eta 1, population of 4", Population(4), Toy.overlapping, Method(eta=1.0)),
    together("eta 1, population of 16", Population(16), Toy.overlapping, Method(eta=1.0)),
    together("counting, eta 1, population of 4", Population(4), Toy.counted, Method(eta=1.0, agree=COUNTING)),
    together("counting, eta 1, population of 16", Population(16), Toy.counted, Method(eta=1.0, agree=COUNTING)),
)


def coarse(name: str, trust: float, method: Method = PLAIN, until: float = 1.0) -> Sampler:
    return Sampler(name, lambda toy: toy.with_coarse(trust, until), method, views="windows+coarse")


def coarse_fresh(trust: float, share: float, filled: float) -> Sampler:
    """A coarse view, with a share of all noise drawn anew, and another one of the noise that fills the view up."""
    name = f"coarse {trust:g}, fresh {share:g}, filled noise {filled:g}"
    return coarse(name, trust, Method(fresh=Fresh(share, filled=filled)))


COARSE = (
    coarse("coarse, trust 1", 1.0),
    coarse("coarse, trust 3.3", 3.3),
    coarse("coarse, trust 10", 10.0),
    coarse("coarse, trust 33", 33.0),
    coarse("coarse, trust 3.3, eta 0.5", 3.3, Method(eta=0.5)),
    coarse("coarse, trust 10, eta 0.5", 10.0, Method(eta=0.5)),
    coarse("coarse, trust 33, eta 0.5", 33.0, Method(eta=0.5)),
    coarse("coarse, trust 3.3, eta 0.7", 3.3, Method(eta=0.7)),
    coarse("coarse, trust 3.3, eta 1", 3.3, Method(eta=1.0)),
    coarse("coarse, trust 10, eta 1", 10.0, Method(eta=1.0)),
    coarse("coarse, trust 10, eta 0.5, until 0.9", 10.0, Method(eta=0.5), until=0.9),
    coarse("coarse, trust 10, eta 0.5, until 0.5", 10.0, Method(eta=0.5), until=0.5),
    coarse_fresh(3.3, 1.0, 0.0),
    coarse_fresh(3.3, 1.0, 1.0),
    coarse_fresh(6.0, 0.6, 0.5),
    coarse("coarse 3.3, eta 1, filled noise 0.3", 3.3, Method(eta=1.0, fresh=Fresh(filled=0.3))),
    coarse("coarse, trust 10, DPM-Solver++(2M)", 10.0, Method("dpmsolver++")),
)

SAMPLERS = WINDOWS + POPULATIONS + COARSE


def rows(case: Case, processes: int = 2) -> Iterator[Row]:
    """Run every sampler and yield its row, in order. All start from the same noise. Each process uses one thread: the
    matrices are small, and threads would only wait for each other."""
    context = multiprocessing.get_context("spawn")  # a fork of a process in which torch has threads may hang
    with ProcessPoolExecutor(processes, context, torch.set_num_threads, (1,)) as pool:
        yield from pool.map(row, [case] * len(SAMPLERS), range(len(SAMPLERS)))


def row(case: Case, index: int) -> Row:
    """Run one of `SAMPLERS` in this process."""
    toy, sampler = Toy(case), SAMPLERS[index]
    began = time.process_time()
    noise, signals, sizes = Noise(case.seed, (case.samples,)), torch.empty(0), []
    asked: list[int] = []  # the number of samples in each call of the model
    with torch.inference_mode():
        for step in sampler.run(toy, noise):
            signals = step.controls[toy.control.name].flatten(1)
            asked += [len(step.before[toy.control.name])] * (len(toy.model.asked) - len(asked))
            sizes += [float(size.mean()) for size in step.step_sizes.values()]
    seconds = time.process_time() - began
    scores = Judge(toy.law_of_patch(case.window))(signals)
    return Row(
        sampler.name,
        sampler.views,
        **asdict(scores),
        step_size=statistics.fmean(sizes),
        passes=sum(asked) // len(signals),
        view_forwards=sum(a * b for a, b in zip(asked, toy.model.asked, strict=True)) // len(signals),
        seconds=seconds,
    )


def truth(case: Case) -> Scores:
    """Score samples of the true distribution."""
    toy = Toy(case)
    return Judge(toy.law_of_patch(case.window))(toy.law.draw(case.samples, case.seed).flatten(1))
