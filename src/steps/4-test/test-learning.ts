import type { PackagePlan } from '../2-structure/plan.ts';
import { resultField } from '../result-fields.ts';
import { inResult } from './observed.ts';
import type { ImportList } from './python-text.ts';

/** Names of the tests that ask of a short training what a weak model, or one that learns slowly, does not give. */
export const LEARNING_TEST = /^test_(beats_the_dummy_baseline|\w+_fall)$/;

/** Name of a test by its text. */
export function nameOf(test: string): string {
  return /^def (\w+)/m.exec(test)?.[1] ?? '';
}

/** The model has learned something: it beats what knows nothing, and losses that fell in the notebook fall. */
export function learningTests(plan: PackagePlan, imports: ImportList): string[] {
  return [...baselineTest(plan, imports), ...historyTests(plan, imports)];
}

/** Beats a prediction that knows nothing, on the rows of the training. */
function baselineTest(plan: PackagePlan, imports: ImportList): string[] {
  const { target } = plan;
  const model = inResult(plan, target?.name ?? null);
  const input = inResult(plan, target?.trainInput ?? null);
  const output = inResult(plan, target?.trainOutput ?? null);
  if (target === null || model === null || input === null || output === null) return [];
  if (model.value.facts?.estimator?.predicts !== true) return [];
  imports.from('src.training.train', 'TrainingResult');
  const dimensions = output.value.facts?.shape?.length ?? 1;
  if (target.role === 'regressor') {
    imports.from('sklearn.dummy', 'DummyRegressor');
    imports.from('sklearn.metrics', 'mean_squared_error');
    return [
      `def test_beats_the_dummy_baseline(result: TrainingResult) -> None:
    """On its training rows the model errs less than their mean."""
    target = np.asarray(${output.expression})
    rows = np.zeros((len(target), 1))
    dummy = DummyRegressor(strategy="mean").fit(rows, target)
    found = np.asarray(${model.expression}.predict(${input.expression})).reshape(target.shape)
    assert mean_squared_error(target, found) < mean_squared_error(target, dummy.predict(rows))`,
    ];
  }
  if (target.role !== 'classifier' || dimensions > 1) return [];
  imports.from('sklearn.dummy', 'DummyClassifier');
  if (target.probabilities) {
    imports.from('sklearn.metrics', 'roc_auc_score');
    return [
      `def test_beats_the_dummy_baseline(result: TrainingResult) -> None:
    """On its training rows the model ranks better than the share of each class does.

    The area under the curve asks for the order only: weights of the classes do not move it.
    """
    target = np.asarray(${output.expression}).ravel()
    rows = np.zeros((len(target), 1))
    dummy = DummyClassifier(strategy="prior").fit(rows, target).predict_proba(rows)
    found = np.asarray(${model.expression}.predict_proba(${input.expression}))
    two = found.shape[1] == 2
    scores = [
        float(roc_auc_score(target, shares[:, 1] if two else shares, multi_class="ovr"))
        for shares in (np.asarray(dummy), found.astype(np.float64))
    ]
    assert scores[1] > scores[0]`,
    ];
  }
  imports.from('sklearn.metrics', 'balanced_accuracy_score');
  return [
    `def test_beats_the_dummy_baseline(result: TrainingResult) -> None:
    """On its training rows the model finds the classes better than a constant answer does."""
    target = np.asarray(${output.expression}).ravel()
    rows = np.zeros((len(target), 1))
    dummy = DummyClassifier(strategy="most_frequent").fit(rows, target)
    found = np.asarray(${model.expression}.predict(${input.expression})).ravel()
    baseline = balanced_accuracy_score(target, dummy.predict(rows))
    assert balanced_accuracy_score(target, found) > baseline`,
  ];
}

/** Lists of losses that fell in the notebook fall here too. */
function historyTests(plan: PackagePlan, imports: ImportList): string[] {
  if (plan.target?.framework !== 'torch' && plan.target?.framework !== 'keras') return [];
  const falling = plan.result.filter(({ name, facts }) => {
    const [sum = 0, weighted = 0] = facts?.summary?.sums ?? [];
    return (
      facts?.kind === 'list' &&
      /loss/i.test(name) &&
      (facts.length ?? 0) > 2 &&
      sum > 0 &&
      2 * weighted < 0.98 * sum
    );
  });
  return falling.slice(0, 2).map(({ name }) => {
    imports.from('src.training.train', 'TrainingResult');
    return `def test_${name.toLowerCase()}_fall(result: TrainingResult) -> None:
    """The recorded losses get smaller, as they did in the notebook."""
    losses = result.${resultField(name)}
    if len(losses) < 2:
        pytest.skip("the short run recorded one value only")
    assert min(losses[1:]) < losses[0]`;
  });
}
