"""Whole libraries of models, against the numbers that they publish themselves."""

import csv
from pathlib import Path

import pytest
import torch
from torchvision import models

from mobilecalc.counters import CONVENTIONS
from mobilecalc.modules.loading.load import load

CLASSIFIERS = models.list_models(module=models)
WEIGHTS = [w for name in CLASSIFIERS for w in models.get_model_weights(name)]

RELEASED_WITHOUT = {"GoogLeNet_Weights.IMAGENET1K_V1": "torchvision:googlenet(aux_logits=False)"}
"""torchvision counts this one without the auxiliary classifiers that it is trained with."""


def name_of(weights):
    model = next(n for n in CLASSIFIERS if models.get_model_weights(n) is type(weights))
    size = weights.transforms().crop_size[0]
    options = f"(image_size={size})" if model.startswith("vit") else ""
    return RELEASED_WITHOUT.get(str(weights), f"torchvision:{model}{options}"), size


@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_torchvision_s_operations_and_parameters_are_met(weights):
    name, size = name_of(weights)
    profile = load(name, [f"1x3x{size}x{size}"]).profile()
    assert round(profile.macs / 1e9, 3) == weights.meta["_ops"]
    assert profile.parameters == weights.meta["num_params"]
    assert profile.uncounted == ()


SEGMENTATION = models.list_models(module=models.segmentation)
VIDEO = models.list_models(module=models.video)


@pytest.mark.parametrize("name", [*SEGMENTATION, *VIDEO])
def test_torchvision_s_other_models_are_traced_with_all_parameters(name):
    model = load(f"torchvision:{name}")
    profile = model.profile()
    assert profile.macs > 0
    assert profile.parameters == sum(p.numel() for p in model.module.parameters())
    assert profile.uncounted == ()


DETECTION = models.list_models(module=models.detection)


@pytest.mark.parametrize("name", DETECTION)
def test_the_backbones_of_torchvision_s_detectors_are_traced(name):
    from mobilecalc.modules.inputs import Inputs, TensorSpec
    from mobilecalc.modules.tracing.trace import trace

    backbone = load(f"torchvision:{name}").module.backbone
    profile = trace(backbone, Inputs.of((TensorSpec((1, 3, 320, 320)),)))
    assert profile.macs > 0
    assert profile.parameters == sum(p.numel() for p in backbone.parameters())


with (Path(__file__).parents[2] / "data" / "timm_benchmark.csv").open() as _file:
    PUBLISHED = list(csv.DictReader(_file))


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["model"])
def test_timm_s_operations_and_parameters_are_met_under_its_convention(row):
    """`infer_gmacs` and `param_count` of results/benchmark-infer-amp-nhwc-pt240-cu124-rtx4090.csv.

    All are met: there is no exception to explain.
    """
    size = row["infer_img_size"]
    profile = load(f"timm:{row['model']}", [f"1x3x{size}x{size}"]).profile()
    gmacs = CONVENTIONS["timm"].total(profile.counts) / 1e9
    assert f"{gmacs:.2f}" == f"{float(row['infer_gmacs']):.2f}"
    assert f"{profile.parameters / 1e6:.2f}" == f"{float(row['param_count']):.2f}"
    assert profile.uncounted == ()


def test_timm_s_models_are_of_many_families():
    families = {row["model"].split("_")[0].rstrip("0123456789") for row in PUBLISHED}
    assert len(PUBLISHED) >= 60
    assert len(families) >= 40


TRANSFORMERS = {
    # Encoders: a layer is 4 h² + 2 h f a token, and 2 n h for each of n tokens' attention.
    "BertConfig": 12 * 128 * (4 * 768**2 + 2 * 768 * 3072 + 2 * 128 * 768) + 768**2,
    "RobertaConfig": 12 * 128 * (4 * 768**2 + 2 * 768 * 3072 + 2 * 128 * 768) + 768**2,
    "DistilBertConfig": 6 * 128 * (4 * 768**2 + 2 * 768 * 3072 + 2 * 128 * 768),
    # 16 x 16 patches of 224 x 224, and a class token.
    "ViTConfig": 196 * 768**2 + 12 * 197 * (4 * 768**2 + 2 * 768 * 3072 + 2 * 197 * 768) + 768**2,
    "GPT2Config": 12 * 128 * (4 * 768**2 + 2 * 768 * 3072 + 2 * 128 * 768),
    # Gated: three matrices of 4096 x 11008.
    "LlamaConfig": 32 * 128 * (4 * 4096**2 + 3 * 4096 * 11008 + 2 * 128 * 4096),
    # Eight groups of keys and values for 32 heads.
    "MistralConfig": 32 * 128 * (2 * 4096**2 + 2 * 4096 * 1024 + 3 * 4096 * 14336 + 2 * 128 * 4096),
}
OTHERS = (
    "T5Config",
    "BartConfig",
    "WhisperConfig",
    "SwinConfig",
    "ConvNextConfig",
    "ResNetConfig",
    "MobileNetV2Config",
    "CLIPConfig",
    "Wav2Vec2Config",
    "MixtralConfig(num_hidden_layers=2)",
    "MambaConfig(num_hidden_layers=2)",
    "DeiTConfig",
    "ElectraConfig",
    "SegformerConfig",
)


@pytest.mark.parametrize("config", TRANSFORMERS)
def test_a_transformer_costs_what_its_equation_says(config):
    assert load(f"transformers:{config}").profile().macs == TRANSFORMERS[config]


@pytest.mark.parametrize("config", [*TRANSFORMERS, *OTHERS])
def test_transformers_architectures_are_traced_with_all_parameters(config):
    model = load(f"transformers:{config}")
    assert all(p.is_meta for p in model.module.parameters() if p.numel() > 10_000)
    profile = model.profile()
    assert profile.macs > 0
    assert profile.parameters == sum(p.numel() for p in model.module.parameters())


USUAL_INPUTS = {
    "Qwen2_5_VLVisionConfig(depth=1)": "grid_thw 1x3 int64, hidden_states 256x1176 float32",
    "ParakeetEncoderConfig(num_hidden_layers=1)": "input_features 1x3000x80 float32",
    "WhisperConfig": "decoder_input_ids 1x128 int64, input_features 1x80x3000 float32",
    "LasrEncoderConfig(num_hidden_layers=1)": "input_features 1x3000x128 float32",
    "ASTConfig": "input_values 1x1024x128 float32",
    "Wav2Vec2Config": "input_values 1x16000 float32",
    "DacConfig": "input_values 1x1x16000 float32",
    "VivitConfig(num_hidden_layers=1)": "pixel_values 1x32x3x224x224 float32",
    "BrosConfig": "bbox 1x128x4 int64, input_ids 1x128 int64",
    "PatchTSTConfig": "past_values 1x32x1 float32",
}


@pytest.mark.parametrize("config", USUAL_INPUTS)
def test_a_transformer_is_given_the_usual_input_that_it_takes(config):
    model = load(f"transformers:{config}")
    assert str(model.inputs) == USUAL_INPUTS[config]
    assert model.profile().macs > 0


SEVENTY_BILLION = (
    "transformers:LlamaForCausalLM(hidden_size=8192, intermediate_size=28672,"
    " num_hidden_layers=80, num_attention_heads=64, num_key_value_heads=8, vocab_size=128256)"
)


def test_a_llama_of_70_billion_parameters_is_counted():
    """Time and memory of a process of its own: benchmarks/large.py."""
    profile = load(SEVENTY_BILLION, ["input_ids=1x4096:int64"]).profile()
    layer = 2 * 8192**2 + 2 * 8192 * 1024 + 3 * 8192 * 28672
    tokens = 4096
    assert profile.macs == tokens * (80 * (layer + 2 * tokens * 8192) + 8192 * 128256)
    assert profile.parameters == 80 * (layer + 2 * 8192) + 8192 + 2 * 8192 * 128256


def test_every_model_is_built_on_meta():
    assert torch.device("meta") == next(load("timm:resnet18").module.parameters()).device
