"""Content of torch tensors, modules, optimizers, data sets and loaders; torch is not imported."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .content import Group, Node, Scalar, Undefined, record, scalar
from .names import bare_name, has_base

if TYPE_CHECKING:
    from .encode import Encoder

# What says how a loader reads; its iterator and its generator are not content.
_LOADER = ("batch_size", "drop_last", "num_workers")


def encode(encoder: Encoder, value: Any) -> Node | None:
    """Encode a value of torch, else return None."""
    if "torch" not in sys.modules:
        return None
    if has_base(value, "torch", "Tensor"):
        return tensor(encoder, value)
    if has_base(value, "torch", "Module"):
        return _module(encoder, value)
    if has_base(value, "torch", "DataLoader"):
        fields = {name: encoder.node(getattr(value, name, None)) for name in _LOADER}
        fields["sampler"] = _sampler(encoder, value.sampler)
        return record("torch.DataLoader", dataset=encoder.node(value.dataset), **fields)
    if has_base(value, "torch", "Dataset"):
        return encoder.mapping(bare_name(type(value)), vars(value))
    if has_base(value, "torch", "Generator"):
        return record("torch.Generator", state=encoder.node(value.get_state()))
    if has_base(value, "torch", "Optimizer", "LRScheduler", "_LRScheduler", "GradScaler"):
        return record(bare_name(type(value)), state=encoder.node(value.state_dict()))
    return None


def _sampler(encoder: Encoder, sampler: Any) -> Node:
    # The data are the loader's own; the state of a generator is not content.
    skipped = ("data_source", "generator", "sampler", "dataset")
    fields = [(key, item) for key, item in vars(sampler).items() if key not in skipped]
    name = bare_name(type(sampler))
    return Group("record", name, [(key, _attribute(encoder, item)) for key, item in fields])


def tensor(encoder: Encoder, value: Any) -> Node:
    """Return the content of a tensor, wherever it lies and whether or not it needs a gradient."""
    torch = sys.modules["torch"]
    dtype = Scalar("str", str(value.dtype))
    data = value.detach()
    if data.is_meta:
        raise Undefined("meta tensor")
    if data.layout is not torch.strided:
        data = data.cpu().to_sparse_coo().coalesce()
        indices, values = tensor(encoder, data.indices()), tensor(encoder, data.values())
        return record("torch.sparse", dtype=dtype, indices=indices, values=values)
    if data.is_quantized:
        data = data.dequantize()
    data = data.cpu().resolve_conj().resolve_neg()
    if data.dtype is torch.bfloat16 or str(data.dtype).startswith("torch.float8"):
        data = data.to(torch.float32)
    return record("torch.Tensor", dtype=dtype, values=encoder.node(data.numpy()))


def _module(encoder: Encoder, value: Any) -> Node:
    parts = [(name or "(whole)", _own(encoder, module)) for name, module in value.named_modules()]
    state = [(str(key), encoder.node(item)) for key, item in value.state_dict().items()]
    frozen = [name for name, item in value.named_parameters() if not item.requires_grad]
    return record(
        "torch.Module",
        modules=Group("record", "torch.modules", parts),
        state=Group("record", "torch.state", state),
        frozen=encoder.node(set(frozen)),
    )


def _own(encoder: Encoder, module: Any) -> Node:
    """Describe what a module has besides its state: its class, its mode, its settings.

    Without them a dropout of 0.1 would equal one of 0.5, and one that is on one that is off.
    """
    fields: list[tuple[str, Node]] = [("training", Scalar("bool", str(bool(module.training))))]
    library = type(module).__module__.startswith("torch.")
    for key, item in vars(module).items():
        if key.startswith("_") or key == "training":
            continue
        plain = scalar(item)
        if plain is not None:
            fields.append((key, Scalar(*plain)))
        elif not library:
            fields.append((key, _attribute(encoder, item)))
    for key in sorted(getattr(module, "_non_persistent_buffers_set", ())):
        fields.append((key, encoder.node(module._buffers[key])))
    return Group("record", bare_name(type(module)), fields)


def _attribute(encoder: Encoder, item: Any) -> Node:
    """Encode what a module of the notebook keeps; what has no content must not hide its weights."""
    try:
        return encoder.node(item)
    except Undefined:
        return Scalar("class", bare_name(type(item)))
