"""Several processes that train one network, each on batches of its own; torchrun starts them.

Their gradients are averaged before each step, so all of them hold the same weights. Batch normalisation works on each
process's own batch, and its running statistics are averaged along with the gradients. The first process alone
measures, writes and reports; what it decides holds for all.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

Value = TypeVar("Value")


@contextmanager
def process_group() -> Iterator[None]:
    """Join the other processes where torchrun started this one: NCCL between GPUs, gloo between processors."""
    if not dist.is_torchelastic_launched():
        yield
        return
    dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield
        dist.barrier()  # a process that leaves while another still talks to it may abort
    finally:
        dist.destroy_process_group()
        gc.collect()  # ends gloo's threads now, not in the disorder of the interpreter's end


def rank() -> int:
    """This process's number, from 0 on."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def from_first(value: Value) -> Value:
    """The first process's value, in all of them; the others' are ignored."""
    if world() == 1:
        return value
    values = [value]
    dist.broadcast_object_list(values)
    return values[0]


@torch.no_grad()
def average_gradients(network: nn.Module) -> None:
    """Replace gradients, and the statistics of batch normalisation, by their mean over all processes."""
    if world() == 1:
        return
    tensors = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    tensors += [buffer for buffer in network.buffers() if buffer.is_floating_point()]
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    dist.all_reduce(flat)
    _spread(flat / world(), tensors)


@torch.no_grad()
def share_weights(network: nn.Module) -> None:
    """Give the first process's weights to all."""
    if world() == 1:
        return
    tensors = [tensor for tensor in network.state_dict().values() if tensor.is_floating_point()]
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    dist.broadcast(flat, 0)
    _spread(flat, tensors)


def _spread(flat: Tensor, tensors: list[Tensor]) -> None:
    for tensor, values in zip(tensors, torch.split(flat, [tensor.numel() for tensor in tensors]), strict=True):
        tensor.copy_(values.view(tensor.shape))
