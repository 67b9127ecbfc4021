"""Agreement by counting: the Bethe combination of DiffCollage (arXiv 2303.17076). It is a rival method for comparison,
and not a least squares solution."""

from inlay_engine.agree.problem import Agreement, Problem


def counting(problem: Problem) -> Agreement:
    """Return X0 = sum_i c_i f_i^T d_i with the counting numbers c_i of the observables. Windows count 1, their overlaps
    -1, and the corners where overlaps cross 1, so that the numbers sum to 1 on every cell (`graph.check` with
    `counting` checks this). Precisions only switch observables off."""
    shares = {o.name: o.count * problem.targets[o.name] for o in problem.active}
    return Agreement(problem.graph.adjoint(shares), problem.unit_step_sizes())
