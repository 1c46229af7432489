import type { PackagePlan } from '../2-structure/plan.ts';
import { canEvaluate, fileInputs, inResult } from './observed.ts';
import { call } from './python-text.ts';
import { SCORING } from './observed-estimators.ts';
import type { ObservedTest } from './observed-test.ts';

/** Tests of how a network is trained and scored, where the notebook's text says it for sure. */
export function networkTests(plan: PackagePlan): ObservedTest[] {
  const training = plan.networkTraining;
  if (training === undefined) return [];
  return [...(training.steps ? [stepTest(plan)] : []), ...(training.evalMode ? evaluationTest(plan) : [])];
}

function stepTest(plan: PackagePlan): ObservedTest {
  const name = 'test_observed_training_steps';
  const mode = plan.networkTraining?.trainMode === true;
  const files = fileInputs(plan).length > 0 ? ['data_files: None'] : [];
  return {
    name,
    constants: [],
    imports: [
      ['torch'],
      ['unittest.mock', 'patch'],
      ['torch.optim.optimizer', 'register_optimizer_step_pre_hook'],
      ['src.training.train', 'run'],
    ],
    text: `${call(`def ${name}`, ['fast_config: Config', ...files], ' -> None:')}
    """Each step follows one backward pass from cleared gradients${mode ? ', in training mode' : ''}."""
    events: list[str] = []
    modes = ["train"]
    clear = torch.optim.Optimizer.zero_grad
    backward, train = torch.Tensor.backward, torch.nn.Module.train

    def cleared(optimizer: torch.optim.Optimizer, set_to_none: bool = True) -> None:
        events.append("zero_grad")
        clear(optimizer, set_to_none)

    def went_back(loss: torch.Tensor, **options: Any) -> None:  # noqa: ANN401 - passed on
        events.append("backward")
        backward(loss, **options)

    def switched(module: torch.nn.Module, mode: bool = True) -> torch.nn.Module:
        modes.append("train" if mode else "eval")
        return train(module, mode)

    def stepped(*_: object) -> None:
        events.append(${mode ? 'f"step in {modes[-1]}"' : '"step"'})

    hook = register_optimizer_step_pre_hook(stepped)
    with (
        patch.object(torch.optim.Optimizer, "zero_grad", cleared),
        patch.object(torch.Tensor, "backward", went_back),
        patch.object(torch.nn.Module, "train", switched),
    ):
        run(fast_config)
    hook.remove()
    steps = sum(event.startswith("step") for event in events)
    assert steps > 0
    assert sorted(events[:3]) == sorted(["zero_grad", "backward", ${mode ? '"step in train"' : '"step"'}])
    assert events == events[:3] * steps`,
  };
}

function evaluationTest(plan: PackagePlan): ObservedTest[] {
  const model = inResult(plan, plan.target?.name ?? null);
  if (model === null || !canEvaluate(plan) || plan.data.length === 0) return [];
  const name = 'test_observed_evaluation_mode';
  const files = fileInputs(plan).length > 0 ? ['data_files: None'] : [];
  return [
    {
      name,
      constants: [],
      imports: [['src.evaluation', 'evaluate']],
      text: `${call(`def ${name}`, ['short_run: ShortRun', ...files], ' -> None:')}
    """Scoring switches the network to evaluation: dropout and the like are off."""
    result = short_run.result
    scoring = short_run.calls["${SCORING}"].calls[-1]
    ${model.expression}.train()
    evaluate.evaluate_model(**scoring.arguments)
    assert not ${model.expression}.training`,
    },
  ];
}
