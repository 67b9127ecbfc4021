"""Agreement by counting: the Bethe combination of DiffCollage (arXiv 2303.17076), a rival and no least squares."""

from inlay_engine.agree.problem import Agreement, Problem


def counting(problem: Problem) -> Agreement:
    """X0 = sum_i c_i f_i^T d_i with the counting numbers c_i of the observables: 1 for windows, -1 for their overlaps,
    1 again for the corners of these, so that they sum to 1 on every cell (`graph.check` with `counting`). Precisions
    only switch observables off."""
    shares = {o.name: o.count * problem.targets[o.name] for o in problem.active}
    return Agreement(problem.graph.adjoint(shares), problem.unit_step_sizes())
