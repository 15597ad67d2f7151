"""What each of ONNX's operators costs: small graphs with their arithmetic beside them."""

from math import prod

import numpy as np
import pytest
from onnx import checker, helper
from onnx.reference import ReferenceEvaluator
from support.graphs import Case

from mobilecalc.modules.loading.load import load

# Graphs, each with its arithmetic beside it.
# fmt: off

MAP = {"x": "1x3x8x8"}

CONVOLUTIONS = [
    Case("a convolution", "y = Conv(x, w)", MAP, {"w": "4x3x3x3"}, 27 * 4 * 36, 27 * 4),
    Case("its bias", "y = Conv(x, w, b)", MAP, {"w": "4x3x3x3", "b": "4"}, 27 * 4 * 36, 27 * 4 + 4),
    Case("even padding", "y = Conv<pads=[1,1,1,1]>(x, w)", MAP, {"w": "4x3x3x3"}, 108 * 64, 108),
    Case("a stride", "y = Conv<strides=[2,2],pads=[1,1,1,1]>(x, w)", MAP, {"w": "4x3x3x3"},
         108 * 16, 108),
    Case("a dilation: a kernel of 3 spans 5", "y = Conv<dilations=[2,2]>(x, w)", MAP,
         {"w": "4x3x3x3"}, 108 * 16, 108),
    Case("a batch of 2", "y = Conv(x, w)", {"x": "2x3x8x8"}, {"w": "4x3x3x3"}, 2 * 108 * 36, 108),
    Case("pads before only: (8 + 1 - 3) + 1 = 7", "y = Conv<pads=[1,1,0,0]>(x, w)", MAP,
         {"w": "4x3x3x3"}, 108 * 49, 108),
    Case("pads after only, stride 2: (8 + 1 - 3) / 2 + 1 = 4",
         "y = Conv<pads=[0,0,1,1],strides=[2,2]>(x, w)", MAP, {"w": "4x3x3x3"}, 108 * 16, 108),
    Case("uneven pads with an odd side: (9 + 1 - 2) / 3 + 1 = 3",
         "y = Conv<pads=[0,0,1,1],strides=[3,3]>(x, w)", {"x": "1x3x9x9"}, {"w": "4x3x2x2"}, 48 * 9,
         48),
    Case("uneven pads of one axis: 8 + 3 - 2 = 9 by 8 - 2 = 6", "y = Conv<pads=[1,0,2,0]>(x, w)",
         MAP, {"w": "4x3x3x3"}, 108 * 9 * 6, 108),
    Case("SAME_UPPER: ceil(8 / 3) = 3", 'y = Conv<auto_pad="SAME_UPPER",strides=[3,3]>(x, w)', MAP,
         {"w": "4x3x3x3"}, 108 * 9, 108),
    Case("SAME_LOWER with an even kernel", 'y = Conv<auto_pad="SAME_LOWER">(x, w)', MAP,
         {"w": "4x3x2x2"}, 48 * 64, 48),
    Case("VALID", 'y = Conv<auto_pad="VALID",strides=[2,2]>(x, w)', MAP, {"w": "4x3x3x3"}, 108 * 9,
         108),
    Case("groups: each sees 4 / 2 channels", "y = Conv<group=2>(x, w)", {"x": "1x4x8x8"},
         {"w": "6x2x3x3"}, 9 * 2 * 6 * 36, 9 * 2 * 6),
    Case("depthwise", "y = Conv<group=4,pads=[1,1,1,1]>(x, w)", {"x": "1x4x8x8"}, {"w": "4x1x3x3"},
         9 * 4 * 64, 36),
    Case("depthwise with 2 filters per channel", "y = Conv<group=4>(x, w)", {"x": "1x4x8x8"},
         {"w": "8x1x3x3"}, 9 * 8 * 36, 72),
    Case("of a signal", "y = Conv<strides=[2]>(x, w)", {"x": "1x3x9"}, {"w": "4x3x3"}, 36 * 4, 36),
    Case("of a volume", "y = Conv(x, w)", {"x": "1x2x5x5x5"}, {"w": "4x2x3x3x3"}, 216 * 27, 216),
    Case("a kernel of 1x3", "y = Conv<pads=[0,1,0,1]>(x, w)", MAP, {"w": "4x3x1x3"}, 36 * 64, 36),
    Case("a weight that the input makes", "y = Conv(x, w)", {**MAP, "w": "4x3x3x3"}, {},
         108 * 36, 0),
    Case("transposed: each input position writes a kernel",
         "y = ConvTranspose<strides=[2,2]>(x, w)", {"x": "1x4x5x5"}, {"w": "4x6x2x2"},
         4 * 6 * 4 * 25, 96),
    Case("transposed with a bias and groups", "y = ConvTranspose<group=2>(x, w, b)",
         {"x": "1x4x5x5"}, {"w": "4x3x3x3", "b": "6"}, 9 * 4 * 3 * 25, 108 + 6, runs=False),
    Case("transposed with output padding",
         "y = ConvTranspose<strides=[2,2],output_padding=[1,1],pads=[1,1,1,1]>(x, w)",
         {"x": "1x4x5x5"}, {"w": "4x6x3x3"}, 216 * 25, 216),
    Case("transposed with uneven pads", "y = ConvTranspose<strides=[2,2],pads=[0,0,1,1]>(x, w)",
         {"x": "1x4x5x5"}, {"w": "4x6x3x3"}, 216 * 25, 216),
    Case("transposed to a given output",
         "y = ConvTranspose<strides=[2,2],output_shape=[10,10]>(x, w)", {"x": "1x4x5x5"},
         {"w": "4x6x3x3"}, 216 * 25, 216, runs=False),
    Case("transposed with SAME_UPPER",
         'y = ConvTranspose<strides=[2,2],auto_pad="SAME_UPPER">(x, w)', {"x": "1x4x5x5"},
         {"w": "4x6x3x3"}, 216 * 25, 216),
    Case("transposed signal", "y = ConvTranspose<strides=[3]>(x, w)", {"x": "1x2x5"},
         {"w": "2x4x3"}, 24 * 5, 24),
    Case("deformable: a convolution after interpolation", "y = DeformConv(x, w, o)",
         {**MAP, "o": "1x18x6x6"}, {"w": "4x3x3x3"}, 108 * 36, 108, runs=False),
    Case("causal: 3 x 4 channels at 9 positions", "y, p = CausalConvWithState(x, w)",
         {"x": "1x4x9"}, {"w": "4x1x3"}, 3 * 4 * 9, 12, opset=27, runs=False),
    Case("a weight for other channels is not counted", "y = Conv(x, w)", MAP, {"w": "4x5x3x3"}, 0,
         180, uncounted=("Conv",), warns="a weight for 5 channels meets an input of 3", runs=False),
    Case("of whole numbers", "y = ConvInteger(x, w)", {"x": "uint8 1x3x8x8"},
         {"w": "uint8 4x3x3x3"}, 108 * 36, 108),
    Case("quantized: scales and zero points are no parameters",
         "y = QLinearConv(x, s, z, w, s, z, s, z, b)", {"x": "uint8 1x3x8x8"},
         {"s": np.float32(1), "z": np.uint8(0), "w": "uint8 4x3x3x3", "b": "int32 4"}, 108 * 36,
         108 + 4),
]

PRODUCTS = [
    Case("2 x 3 times 3 x 4", "y = MatMul(a, b)", {"a": "2x3", "b": "3x4"}, {}, 24),
    Case("a stored weight", "y = MatMul(a, b)", {"a": "2x3"}, {"b": "3x4"}, 24, 12),
    Case("a stored left factor", "y = MatMul(a, b)", {"b": "3x4"}, {"a": "2x3"}, 24, 6),
    Case("vector by vector", "y = MatMul(a, b)", {"a": "3", "b": "3"}, {}, 3),
    Case("vector by matrix", "y = MatMul(a, b)", {"a": "3", "b": "3x4"}, {}, 12),
    Case("matrix by vector", "y = MatMul(a, b)", {"a": "2x3", "b": "3"}, {}, 6),
    Case("vector by stored matrix", "y = MatMul(a, b)", {"a": "3"}, {"b": "3x4"}, 12, 12),
    Case("matrix by stored vector", "y = MatMul(a, b)", {"a": "2x3"}, {"b": "3"}, 6, 3),
    Case("vector by a stack of matrices", "y = MatMul(a, b)", {"a": "3", "b": "5x3x4"}, {}, 60),
    Case("a stack of matrices by a vector", "y = MatMul(a, b)", {"a": "5x2x3", "b": "3"}, {}, 30),
    Case("a stack by a matrix", "y = MatMul(a, b)", {"a": "5x2x3", "b": "3x4"}, {}, 120),
    Case("a matrix by a stack", "y = MatMul(a, b)", {"a": "2x3", "b": "5x3x4"}, {}, 120),
    Case("stacks that are broadcast to 4 x 5", "y = MatMul(a, b)", {"a": "4x1x2x3", "b": "5x3x4"},
         {}, 4 * 5 * 24),
    Case("both broadcast", "y = MatMul(a, b)", {"a": "1x5x2x3", "b": "4x1x3x4"}, {}, 20 * 24),
    Case("a stack of stored weights", "y = MatMul(a, b)", {"a": "2x3"}, {"b": "5x3x4"}, 120, 60),
    Case("a product with itself", "y = MatMul(a, a)", {"a": "3x3"}, {}, 27),
    Case("Gemm", "y = Gemm(a, w, b)", {"a": "2x3"}, {"w": "3x4", "b": "4"}, 24, 16),
    Case("Gemm, the weight transposed", "y = Gemm<transB=1>(a, w)", {"a": "2x3"}, {"w": "4x3"}, 24,
         12),
    Case("Gemm, the input transposed", "y = Gemm<transA=1>(a, w, b)", {"a": "3x2"},
         {"w": "3x4", "b": "2x1"}, 24, 14),
    Case("Gemm, scaled, with a scalar", "y = Gemm<alpha=0.5,beta=2.0>(a, w, b)", {"a": "2x3"},
         {"w": "3x4", "b": ""}, 24, 13),
    Case("Gemm of two inputs", "y = Gemm(a, w, b)", {"a": "2x3", "w": "3x4"}, {"b": "2x4"}, 24, 8),
    Case("Gemm with broadcast=1 of opset 6", "y = Gemm<broadcast=1>(a, w, b)", {"a": "2x3"},
         {"w": "3x4", "b": "4"}, 24, 16, opset=6),
    Case("a product of whole numbers", "y = MatMulInteger(a, w, z)", {"a": "uint8 2x3"},
         {"w": "uint8 3x4", "z": np.uint8(0)}, 24, 12),
    Case("a quantized product", "y = QLinearMatMul(a, s, z, w, s, z, s, z)", {"a": "uint8 2x3"},
         {"w": "uint8 3x4", "z": np.uint8(0), "s": np.float32(1)}, 24, 12),
    Case("einsum as a product", 'y = Einsum<equation="ij,jk->ik">(a, b)', {"a": "2x3", "b": "3x4"},
         {}, 24),
    Case("einsum in a batch", 'y = Einsum<equation="bij,bkj->bik">(a, b)',
         {"a": "5x2x3", "b": "5x4x3"}, {}, 120),
    Case("einsum with an ellipsis", 'y = Einsum<equation="...ij,jk->...ik">(a, b)', {"a": "5x2x3"},
         {"b": "3x4"}, 120, 12),
    Case("einsum with its output implied", 'y = Einsum<equation="ij,jk">(a, b)',
         {"a": "2x3", "b": "3x4"}, {}, 24),
    Case("einsum that only multiplies", 'y = Einsum<equation="i,j->ij">(a, b)',
         {"a": "2", "b": "3"}, {}, 0),
    Case("einsum that only moves", 'y = Einsum<equation="ij->ji">(a)', {"a": "2x3"}, {}, 0),
    Case("einsum that sums", 'y = Einsum<equation="ij->i">(a)', {"a": "2x3"}, {}, 0),
    Case("einsum of three, from the left: 2·3·4 + 2·4·5",
         'y = Einsum<equation="ij,jk,kl->il">(a, b, c)', {"a": "2x3", "b": "3x4", "c": "4x5"}, {},
         24 + 40),
    Case("einsum that sums an operand first: j, then 2·4", 'y = Einsum<equation="ij,k->ik">(a, b)',
         {"a": "2x3", "b": "4"}, {}, 0),
    Case("attention of 2 heads: 5 queries, 7 keys, E = 4, V = 4", "y = Attention(q, k, v)",
         {"q": "1x2x5x4", "k": "1x2x7x4", "v": "1x2x7x4"}, {}, 2 * 5 * 7 * 8, opset=23),
    Case("attention with its heads in the last axis",
         "y = Attention<q_num_heads=2,kv_num_heads=2>(q, k, v)",
         {"q": "1x5x8", "k": "1x7x8", "v": "1x7x12"}, {}, 2 * 5 * 7 * (4 + 6), opset=23),
    Case("attention of grouped queries", "y = Attention(q, k, v)",
         {"q": "1x4x5x8", "k": "1x2x7x8", "v": "1x2x7x8"}, {}, 4 * 5 * 7 * 16, opset=23),
    Case("attention with earlier keys: 3 + 7", 'y, pk, pv = Attention(q, k, v, "", p, r)',
         {"q": "1x2x5x4", "k": "1x2x7x4", "v": "1x2x7x4", "p": "1x2x3x4", "r": "1x2x3x4"}, {},
         2 * 5 * 10 * 8, opset=23),
    Case("lstm of 5 steps", "y = LSTM<hidden_size=4>(x, w, r, b)", {"x": "5x1x3"},
         {"w": "1x16x3", "r": "1x16x4", "b": "1x32"}, 5 * 4 * 4 * 7, 16 * 3 + 16 * 4 + 32),
    Case("lstm in both directions", 'y = LSTM<hidden_size=4,direction="bidirectional">(x, w, r)',
         {"x": "5x2x3"}, {"w": "2x16x3", "r": "2x16x4"}, 2 * 2 * 5 * 16 * 7, 2 * 16 * 7),
    Case("lstm with peepholes", 'y = LSTM<hidden_size=4>(x, w, r, b, "", h, h, p)', {"x": "5x1x3"},
         {"w": "1x16x3", "r": "1x16x4", "b": "1x32", "h": "1x1x4", "p": "1x12"}, 5 * 16 * 7,
         16 * 7 + 32 + 12),
    Case("gru, the last state only", '"", y = GRU<hidden_size=4>(x, w, r)', {"x": "5x1x3"},
         {"w": "1x12x3", "r": "1x12x4"}, 5 * 12 * 7, 12 * 7, runs=False),
    Case("rnn, batch first", "y = RNN<hidden_size=4,layout=1>(x, w, r)", {"x": "2x5x3"},
         {"w": "1x4x3", "r": "1x4x4"}, 2 * 5 * 4 * 7, 4 * 7),
]

CONTRIBUTED = [
    Case("a quantized Gemm of ONNX Runtime",
         "y = com.microsoft.QGemm<transB=1>(a, s, z, w, s, z, b)", {"a": "uint8 2x3"},
         {"s": np.float32(1), "z": np.uint8(0), "w": "uint8 4x3", "b": "int32 4"}, 24, 12 + 4,
         domains=("com.microsoft",), runs=False),
    Case("its fused convolution",
         'y = com.microsoft.FusedConv<activation="Relu">(x, w, b)\nz = Relu(y)', MAP,
         {"w": "4x3x3x3", "b": "4"}, 108 * 36, 108 + 4, domains=("com.microsoft",), runs=False),
    Case("its quantized sum, then a product",
         "c = com.microsoft.QLinearAdd(a, s, z, a, s, z, s, z)\ny = MatMulInteger(c, w)",
         {"a": "uint8 2x3"}, {"s": np.float32(1), "z": np.uint8(0), "w": "uint8 3x4"}, 24, 12,
         domains=("com.microsoft",), runs=False),
    Case("its gelu with a bias", "y = com.microsoft.BiasGelu(x, b)", {"x": "2x3"}, {"b": "3"}, 0, 3,
         domains=("com.microsoft",), runs=False),
    Case("another of its operators is not counted", "y = com.microsoft.MatMulNBits(x, w)",
         {"x": "2x3"}, {"w": "uint8 3x4"}, uncounted=("com.microsoft.MatMulNBits",),
         domains=("com.microsoft",), warns="may be too small", runs=False),
]

NETWORK = """
c = Conv(x, w)
n = BatchNormalization<consumed_inputs=[0,0,0,1,1],is_test=1>(c, g, b, m, v)
r = Relu(n)
p = MaxPool<kernel_shape=[2,2],strides=[2,2]>(r)
f = Reshape<shape=[1,36]>(p)
y = Gemm<transB=1,broadcast=1>(f, u, d)
"""

EARLY = [
    Case("a network of opset 1", NETWORK, MAP,
         {"w": "4x3x3x3", "g": "4", "b": "4", "m": "4", "v": "4", "u": "5x36", "d": "5"},
         108 * 36 + 36 * 5, 108 + 8 + 36 * 5 + 5, opset=1, runs=False,
         valid=False),
    Case("a concatenation of opset 1", "c = Concat(x, x)\ny = Conv(c, w)", MAP, {"w": "4x6x3x3"},
         216 * 36, 216, opset=1, runs=False,
         valid=False),
    Case("a split of opset 1", "a, b = Split<axis=1>(x)\ny = Conv(a, w)", {"x": "1x4x8x8"},
         {"w": "4x2x3x3"}, 72 * 36, 72, opset=1, runs=False,
         valid=False),
    Case("a pad of opset 1", "c = Pad<paddings=[0,0,1,1,0,0,1,1]>(x)\ny = Conv(c, w)", MAP,
         {"w": "4x3x3x3"}, 108 * 64, 108, opset=1, runs=False,
         valid=False),
    Case("an upsample of opset 1",
         "c = Upsample<height_scale=2.0,width_scale=2.0>(x)\ny = Conv(c, w)", MAP, {"w": "4x3x3x3"},
         108 * 14 * 14, 108, opset=1, runs=False,
         valid=False),
    Case("a sum with an axis of opset 1", "y = Add<broadcast=1,axis=1>(x, b)", MAP, {"b": "3"}, 0,
         3, opset=1, runs=False,
         valid=False),
]

MAPS = [
    Case("batch norm has buffers too", "y = BatchNormalization(x, g, b, m, v)", MAP,
         {"g": "3", "b": "3", "m": "3", "v": "3"}, 0, 6),
    Case("batch norm of opset 7", "y = BatchNormalization(x, g, b, m, v)", MAP,
         {"g": "3", "b": "3", "m": "3", "v": "3"}, 0, 6, opset=7, runs=False),
    Case("layer norm", "y = LayerNormalization(x, g, b)", {"x": "2x5"}, {"g": "5", "b": "5"},
         0, 10),
    Case("layer norm over two axes", "y = LayerNormalization<axis=1>(x, g)", {"x": "2x5x4"},
         {"g": "5x4"}, 0, 20),
    Case("group norm", "y = GroupNormalization<num_groups=2>(x, g, b)", {"x": "1x4x8x8"},
         {"g": "4", "b": "4"}, 0, 8, valid=False),
    Case("group norm of opset 18", "y = GroupNormalization<num_groups=2>(x, g, b)",
         {"x": "1x4x8x8"}, {"g": "2", "b": "2"}, 0, 4, opset=18, valid=False),
    Case("rms norm", "y = RMSNormalization(x, g)", {"x": "2x5"}, {"g": "5"}, 0, 5, opset=23),
    Case("instance norm", "y = InstanceNormalization(x, g, b)", MAP, {"g": "3", "b": "3"}, 0, 6),
    Case("lp norm", "y = LpNormalization(x)", MAP),
    Case("mean and variance", "y = MeanVarianceNormalization(x)", MAP, runs=False),
    Case("local response", "y = LRN<size=3>(x)", MAP),
    Case("max pool", "y = MaxPool<kernel_shape=[2,2],strides=[2,2]>(x)", MAP),
    Case("max pool with uneven pads",
         "y = MaxPool<kernel_shape=[3,3],strides=[2,2],pads=[0,0,1,1]>(x)", MAP),
    Case("average pool, SAME_UPPER", 'y = AveragePool<kernel_shape=[2,2],auto_pad="SAME_UPPER">(x)',
         MAP, runs=False),
    Case("average pool, the last window over the edge",
         "y = AveragePool<kernel_shape=[3,3],strides=[2,2],ceil_mode=1>(x)", MAP),
    Case("max pool of a signal, dilated", "y = MaxPool<kernel_shape=[3],dilations=[2]>(x)",
         {"x": "1x3x9"}),
    Case("max pool of a volume", "y = MaxPool<kernel_shape=[2,2,2]>(x)", {"x": "1x3x4x4x4"}),
    Case("max pool and the places of its maxima", "y, i = MaxPool<kernel_shape=[2,2]>(x)", MAP),
    Case("lp pool", "y = LpPool<kernel_shape=[2,2]>(x)", MAP),
    Case("global average pool", "y = GlobalAveragePool(x)", MAP),
    Case("global max pool of a signal", "y = GlobalMaxPool(x)", {"x": "1x3x9"}, runs=False),
    Case("global lp pool", "y = GlobalLpPool(x)", MAP, runs=False),
    Case("softmax", "y = Softmax(x)", {"x": "2x5"}),
    Case("log-softmax of opset 11", "y = LogSoftmax<axis=1>(x)", {"x": "2x5"}, opset=11),
    Case("hardmax", "y = Hardmax(x)", {"x": "2x5"}),
    Case("resize by scales, which are no parameters", 'y = Resize(x, "", s)', MAP,
         {"s": np.float32([1, 1, 2, 2])}),
    Case("resize to sizes", 'y = Resize<mode="linear">(x, "", "", s)', MAP, {"s": [1, 3, 5, 7]}),
    Case("resize of a map with its channels last", 'y = Resize(x, "", s)', {"x": "1x8x8x3"},
         {"s": np.float32([1, 2, 2, 1])}),
    Case("resize of opset 10", "y = Resize(x, s)", MAP, {"s": np.float32([1, 1, 2, 2])}, opset=10,
         runs=False),
    Case("upsample of opset 9", "y = Upsample(x, s)", MAP, {"s": np.float32([1, 1, 2, 2])}, opset=9,
         runs=False),
    Case("upsample of opset 7", "y = Upsample<scales=[1.0,1.0,2.0,2.0]>(x)", MAP, opset=7,
         runs=False),
    Case("grid sample", "y = GridSample(x, g)", {**MAP, "g": "1x5x5x2"}),
    Case("affine grid: 4 x 4 places x 3 x 2", "y = AffineGrid(t, s)", {"t": "1x2x3"},
         {"s": [1, 3, 4, 4]}, 16 * 3 * 2, runs=False),
    Case("a residual connection", "y = Add(x, x)", MAP),
    Case("a bias", "y = Add(x, b)", {"x": "2x5"}, {"b": "5"}, 0, 5),
    Case("a stored scale", "y = Mul(x, s)", MAP, {"s": "3x1x1"}, 0, 3),
    Case("a slope", "y = PRelu(x, s)", MAP, {"s": "3x1x1"}, 0, 3),
    Case("limits are no parameters", "y = Clip(x, a, b)", MAP,
         {"a": np.float32(0), "b": np.float32(6)}),
    Case("limits as attributes", "y = Clip<min=0.0,max=6.0>(x)", MAP, opset=6),
    Case("an embedding", "y = Gather(t, i)", {"i": "int64 1x5"}, {"t": "10x4"}, 0, 40),
    Case("a stored position", "y = Add(x, p)", {"x": "1x5x4"}, {"p": "1x5x4"}, 0, 20),
    Case("a class token", "y = Concat<axis=1>(t, x)", {"x": "1x5x4"}, {"t": "1x1x4"}, 0, 4),
    Case("a class token for a batch", "e = Expand(t, s)\ny = Concat<axis=1>(e, x)", {"x": "2x5x4"},
         {"t": "1x1x4", "s": [2, 1, 4]}, 0, 4),
    Case("a pad's value is no parameter", "y = Pad(x, p, v)", MAP,
         {"p": [0, 0, 1, 1, 0, 0, 1, 1], "v": np.float32(0)}),
    Case("a pad of opset 2", "y = Pad<pads=[0,0,1,1,0,0,1,1]>(x)", MAP, opset=2, runs=False),
    Case("reductions", "y = ReduceMean<axes=[2,3]>(x)", MAP, opset=13),
    Case("reductions by an input", "y = ReduceSum(x, a)", MAP, {"a": [2, 3]}),
    Case("the largest", "y = ArgMax<axis=1>(x)", MAP),
    Case("a sum along an axis", "y = CumSum(x, a)", MAP, {"a": np.int64(1)}),
    Case("squeeze by an attribute", "y = Squeeze<axes=[0]>(x)", MAP, opset=11, runs=False),
    Case("squeeze by an input", "y = Squeeze(x, a)", MAP, {"a": [0]}),
    Case("unsqueeze by an attribute", "y = Unsqueeze<axes=[0]>(x)", MAP, opset=11, runs=False),
    Case("slice by attributes", "y = Slice<starts=[1],ends=[3],axes=[2]>(x)", MAP, opset=9,
         runs=False),
    Case("slice backwards", "y = Slice(x, s, e, a, t)", MAP,
         {"s": [-1], "e": [-(2**63)], "a": [3], "t": [-1]}),
    Case("split", "a, y = Split<axis=1,num_outputs=2>(x)", {"x": "1x4x8x8"}),
    Case("flatten from the first axis", "y = Flatten<axis=0>(x)", MAP),
    Case("dropout", "y, m = Dropout(x)", MAP),
    Case("dropout of opset 6", "y = Dropout<is_test=1>(x)", MAP, opset=6, runs=False),
    Case("where", "y = Where(c, x, x)", {**MAP, "c": "bool 1x3x8x8"}),
    Case("depth to space", "y = DepthToSpace<blocksize=2>(x)", {"x": "1x4x8x8"}),
    Case("tile", "y = Tile(x, r)", {"x": "2x3"}, {"r": [2, 2]}),
    Case("one-hot", "y = OneHot(i, d, v)", {"i": "int64 5"},
         {"d": np.int64(3), "v": np.float32([0, 1])}),
    Case("triangle", "y = Trilu(x)", {"x": "4x4"}),
    Case("scatter", "y = ScatterND(x, i, u)", {"x": "4x4", "u": "1x4"}, {"i": [[1]]}),
    Case("rotary positions", "y = RotaryEmbedding(x, c, s)",
         {"x": "1x2x4x6", "c": "1x4x3", "s": "1x4x3"}, opset=23),
    Case("a gated unit", "y = SwiGLU(x, g)", {"x": "2x6", "g": "2x6"}, opset=28, runs=False),
    Case("a loss is not counted", "y = NegativeLogLikelihoodLoss(x, t)",
         {"x": "2x5", "t": "int64 2"}, uncounted=("NegativeLogLikelihoodLoss",), runs=False),
    Case("a Fourier transform", 'y = DFT(x, "", a)', {"x": "1x8x1"}, {"a": np.int64(1)}, opset=20),
    Case("bits", "y = BitwiseNot(x)", {"x": "int32 2x3"}),
    Case("swish", "y = Swish(x)", MAP, opset=24),
    Case("gelu", "y = Gelu(x)", MAP),
    Case("no size at all: empty tensors", "y = MatMul(a, b)", {"b": "3x4"}, {"a": "0x3"}, 0, 0),
    Case("a sort is not counted", "y, i = TopK(x, k)", {"x": "2x5"}, {"k": [2]},
         uncounted=("TopK",)),
    Case("a matrix's determinant is not counted", "y = Det(x)", {"x": "3x3"}, uncounted=("Det",)),
    Case("suppression is not counted", "y = NonMaxSuppression(b, s)", {"b": "1x5x4", "s": "1x1x5"},
         uncounted=("NonMaxSuppression",), warns="may be too small", runs=False),
    Case("a tree is not counted", "y = ai.onnx.ml.Normalizer(x)", {"x": "2x5"},
         uncounted=("ai.onnx.ml.Normalizer",), domains=("ai.onnx.ml",), runs=False,
         warns="may be too small"),
]

W = {"w": "4x3x3x3"}
QUANTIZED = {"s": np.float32(1), "z": np.int8(0)}

PAIRS = """
qx = QuantizeLinear(x, s, z)
dx = DequantizeLinear(qx, s, z)
dw = DequantizeLinear(w, s, z)
db = DequantizeLinear(b, s)
y = Conv(dx, dw, db)
"""

STORED = [
    Case("an int8 weight through DequantizeLinear", "d = DequantizeLinear(w, s, z)\ny = Conv(x, d)",
         MAP, {"w": "int8 4x3x3x3", **QUANTIZED}, 108 * 36, 108),
    Case("a float weight that is quantized and back",
         "q = QuantizeLinear(w, s, z)\nd = DequantizeLinear(q, s, z)\ny = MatMul(x, d)",
         {"x": "2x3"}, {"w": "3x4", **QUANTIZED}, 24, 12),
    Case("weights, bias and activations in pairs", PAIRS,
         MAP, {"w": "int8 4x3x3x3", "b": "int32 4", **QUANTIZED}, 108 * 36, 108 + 4),
    Case("an int4 weight", "d = DequantizeLinear(w, s)\ny = MatMul(x, d)", {"x": "2x3"},
         {"w": "int4 3x4", "s": np.float32(1)}, 24, 12),
    Case("a uint4 weight in blocks",
         "d = DequantizeLinear<axis=0,block_size=2>(w, s)\ny = MatMul(x, d)", {"x": "2x4"},
         {"w": "uint4 4x4", "s": "2x4"}, 32, 16, runs=False),
    Case("a float8 weight", "d = DequantizeLinear(w, s)\ny = MatMul(x, d)", {"x": "2x3"},
         {"w": "float8e4m3fn 3x4", "s": np.float32(1)}, 24, 12),
    Case("a float8 weight that is cast", "d = Cast<to=1>(w)\ny = MatMul(x, d)", {"x": "2x3"},
         {"w": "float8e5m2 3x4"}, 24, 12),
    Case("a bfloat16 weight", "y = MatMul(x, w)", {"x": "bfloat16 2x3"}, {"w": "bfloat16 3x4"}, 24,
         12),
    Case("a quantized embedding", "d = DequantizeLinear(t, s, z)\ny = Gather(d, i)",
         {"i": "int64 5"}, {"t": "int8 10x4", **QUANTIZED}, 0, 40),
    Case("a transposed weight", "t = Transpose(w)\ny = MatMul(x, t)", {"x": "2x3"}, {"w": "4x3"},
         24, 12),
    Case("a weight that is reshaped", "t = Reshape(w, s)\ny = MatMul(x, t)", {"x": "2x3"},
         {"w": "12", "s": [3, 4]}, 24, 12),
    Case("a weight in two halves",
         "a, b = Split<axis=1,num_outputs=2>(w)\nc = MatMul(x, a)\ny = MatMul(x, b)", {"x": "2x3"},
         {"w": "3x8"}, 24 + 24, 24),
    Case("two weights joined", "w = Concat<axis=1>(a, b)\ny = MatMul(x, w)", {"x": "2x3"},
         {"a": "3x4", "b": "3x2"}, 36, 12 + 6),
    Case("a weight that is scaled first", "v = Mul(w, s)\ny = Conv(x, v)", MAP,
         {**W, "s": "4x1x1x1"}, 108 * 36, 108 + 4),
    Case("a low-rank weight, multiplied at every pass: 3·2·4 + 2·3·4",
         "w = MatMul(a, b)\ny = MatMul(x, w)", {"x": "2x3"}, {"a": "3x2", "b": "2x4"}, 24 + 24, 14),
    Case("one weight for two layers", "a = MatMul(x, w)\ny = MatMul(a, w)", {"x": "2x3"},
         {"w": "3x3"}, 36, 9),
    Case("a weight in a Constant node",
         "w = Constant<value = float[3,2] {1,2,3,4,5,6}>()\ny = MatMul(x, w)", {"x": "2x3"}, {}, 12,
         6),
    Case("a scalar in a Constant node is no parameter",
         "c = Constant<value_float=0.5>()\ny = Mul(x, c)", MAP),
    Case("a bias in a Constant node",
         "b = Constant<value_floats=[1.0,2.0,3.0,4.0]>()\nm = MatMul(x, w)\ny = Add(m, b)",
         {"x": "2x3"}, {"w": "3x4"}, 24, 12 + 4),
    Case("sizes in a Constant node",
         "s = Constant<value_ints=[2,6]>()\nr = Reshape(x, s)\ny = MatMul(r, w)", {"x": "3x4"},
         {"w": "6x5"}, 60, 30),
    Case("an index in a Constant node",
         "i = Constant<value_int=1>()\ng = Gather<axis=0>(x, i)\ny = MatMul(g, w)", {"x": "5x2x3"},
         {"w": "3x4"}, 24, 12),
    Case("a text in a Constant node", 'c = Constant<value_string="a">()\ny = MatMul(x, w)',
         {"x": "2x3"}, {"w": "3x4"}, 24, 12),
    Case("texts in a Constant node", 'c = Constant<value_strings=["a","b"]>()\ny = MatMul(x, w)',
         {"x": "2x3"}, {"w": "3x4"}, 24, 12),
    Case("a parameter that the graph returns", "y = Relu(x)", MAP, {"p": "5"}, 0, 5,
         outputs=("y", "p"), runs=False, valid=False),
    Case("indices and sizes are no parameters", "y = Gather(x, i)", {"x": "5x3"}, {"i": [1, 2]}),
]

VIEW = """
s = Shape(x)
n = Gather(s, zero)
u = Unsqueeze(n, first)
c = Concat<axis=0>(u, rest)
r = Reshape(x, c)
y = MatMul(r, w)
"""

HALF = """
s = Shape<start=1,end=2>(x)
h = Div(s, two)
a = Slice(x, none, h, one)
y = MatMul(a, w)
"""

EXPANDED = """
s = Shape(x)
o = ConstantOfShape<value = int64[1] {1}>(three)
q = Equal(t, minus)
e = Where(q, o, t)
f = Expand(x, e)
y = MatMul(f, w)
"""

SIZES = [
    Case("a view by computed sizes: n x 12", VIEW,
         {"x": "2x3x4"}, {"zero": np.int64(0), "first": [0], "rest": [-1], "w": "12x5"}, 120, 60),
    Case("half of the channels by a division", HALF,
         {"x": "2x6"}, {"two": [2], "none": [0], "one": [1], "w": "3x5"}, 30, 15),
    Case("expanded to computed sizes, as torch writes them", EXPANDED,
         {"x": "1x2x3"}, {"three": [3], "t": [5, -1, -1], "minus": [-1, -1, -1], "w": "3x4"},
         5 * 24, 12),
    Case("a range", "s = Shape<start=0,end=1>(x)\nn = Squeeze(s)\nr = Range(zero, n, one)\n"
         "g = Gather(t, r)\ny = MatMul(g, w)", {"x": "5x2"},
         {"zero": np.int64(0), "one": np.int64(1), "t": "9x3", "w": "3x4"}, 60, 27 + 12),
    Case("tiles", "s = Shape(x)\np = ReduceProd<keepdims=0>(s)\nm = Min(p, four)\n"
         "u = Unsqueeze(m, zero)\nt = Tile(x, u)\ny = MatMul(t, w)", {"x": "3"},
         {"zero": [0], "four": np.int64(4), "w": "9x2"}, 18, 18),
]

IF = """
y = If(c) <
  then_branch = a () => (float[2,4] p) { p = MatMul(x, w) },
  else_branch = b () => (float[2,4] q) { t = MatMul(x, v) q = MatMul(t, w) }
>
"""
LOOP = """
y = Loop(n, c, x) <
  body = b (int64 i, bool k, float[2,3] s) => (bool l, float[2,3] t)
    { l = Identity(k) t = MatMul(s, w) }
>
"""
STOPS = LOOP.replace(
    "l = Identity(k)",
    "r = ReduceMax<keepdims=0>(s) z = Constant<value_float=0.0>() l = Greater(r, z)",
)
GROWS = """
y = Loop(n, c, x) <
  body = b (int64 i, bool k, float[N,3] s) => (bool l, float[M,3] t)
    { l = Identity(k) m = MatMul(s, w) t = Concat<axis=0>(s, m) }
>
"""
SCAN = """
h, y = Scan(z, x) <
  num_scan_inputs = 1,
  body = b (float[4] s, float[3] e) => (float[4] t, float[4] o)
    { m = MatMul(e, w) t = Add(s, m) o = Identity(t) }
>
"""
RELU = ("", "Relu", ["a"], ["b"], "b = MatMul(a, a)", [])
OTHER = ("my", "Relu", ["a", "m"], ["b"], "b = MatMul(a, m)", [])
SCALED = ("my", "Scaled", ["a", "m"], ["b"], "b = Gemm<transB=@t>(a, m)", ["t"])
NESTED = ("my", "Twice", ["a", "m"], ["b"], "c = my.Relu(a, m)\nb = my.Relu(c, m)", [])

BODIES = [
    Case("a condition that is known: the branch that is taken", IF, {"x": "2x3"},
         {"c": np.bool_(True), "w": "3x4", "v": "3x3"}, 24, 12),
    Case("the other branch", IF, {"x": "2x3"}, {"c": np.bool_(False), "w": "3x4", "v": "3x3"},
         18 + 24, 12 + 9),
    Case("a condition of the input: the larger branch, all parameters", IF,
         {"x": "2x3", "c": "bool"}, {"w": "3x4", "v": "3x3"}, 18 + 24, 12 + 9,
         warns="its else branch is counted"),
    Case("the smaller branch's parameters", IF.replace("(t, w)", "(t, u)").replace(", w)", ", r)"),
         {"x": "2x3", "c": "bool"}, {"r": "3x4", "v": "3x3", "u": "3x4"}, 18 + 24, 12 + 9 + 12,
         warns="its else branch is counted"),
    Case("a loop of 5", LOOP, {"x": "2x3"}, {"n": np.int64(5), "c": np.bool_(True), "w": "3x3"},
         5 * 18, 9),
    Case("a loop of 5 without a condition", LOOP.replace("n, c", 'n, ""'), {"x": "2x3"},
         {"n": np.int64(5), "w": "3x3"}, 5 * 18, 9),
    Case("a loop of none", LOOP, {"x": "2x3"}, {"n": np.int64(0), "c": np.bool_(True), "w": "3x3"},
         0, 9),
    Case("a loop as long as the input", "d = Shape<start=0,end=1>(x)\nn = Squeeze(d)" + LOOP,
         {"x": "2x3"}, {"c": np.bool_(True), "w": "3x3"}, 2 * 18, 9),
    Case("a loop that may stop: at most", STOPS, {"x": "2x3"},
         {"n": np.int64(5), "c": np.bool_(True), "w": "3x3"}, 5 * 18, 9, warns="may end early"),
    Case("a loop of unknown length: once", LOOP, {"x": "2x3", "n": "int64", "c": "bool"},
         {"w": "3x3"}, 18, 9, warns="counted once", values={"n": np.int64(1), "c": np.bool_(True)}),
    Case("a loop whose state grows: 2 + 4 + 8 rows", GROWS, {"x": "2x3"},
         {"n": np.int64(3), "c": np.bool_(True), "w": "3x3"}, (2 + 4 + 8) * 9, 9),
    Case("a scan of 5 steps", SCAN, {"x": "5x3"}, {"z": "4", "w": "3x4"}, 5 * 12, 12),
    Case("a product in a function named Relu", "y = Relu(x)", {"x": "3x3"}, functions=(RELU,),
         macs=27, runs=False),
    Case("a product in another domain's function named Relu", "y = my.Relu(x, w)", {"x": "2x3"},
         {"w": "3x4"}, 24, 12, functions=(OTHER,), domains=("my",)),
    Case("a function called twice", "a = my.Relu(x, w)\ny = my.Relu(a, w)", {"x": "3x3"},
         {"w": "3x3"}, 54, 9, functions=(OTHER,), domains=("my",)),
    Case("a function of functions", "y = my.Twice(x, w)", {"x": "3x3"}, {"w": "3x3"}, 54, 9,
         functions=(OTHER, NESTED), domains=("my",)),
    Case("a function's attribute", "y = my.Scaled<t=1>(x, w)", {"x": "2x3"}, {"w": "4x3"}, 24, 12,
         functions=(SCALED,), domains=("my",)),
    Case("an unknown domain's Relu is not counted", "a = acme.Relu(x)\ny = Relu(x)", {"x": "2x3"},
         uncounted=("acme.Relu",), domains=("acme",), warns="may be too small", runs=False),
    Case("nor what comes after it without sizes", "a = acme.MatMul(x, x)\ny = MatMul(a, w)",
         {"x": "3x3"}, {"w": "3x3"}, 0, 9, uncounted=("acme.MatMul", "MatMul of unknown size"),
         domains=("acme",), warns="may be too small", runs=False),
    Case("sequences", "s = SequenceConstruct(x, x)\na = SequenceAt(s, i)\ny = MatMul(a, w)",
         {"x": "2x3"}, {"i": np.int64(0), "w": "3x4"}, 24, 12),
    Case("a text input", "y = MatMul(x, w)", {"x": "2x3", "t": "string nx2"}, {"w": "3x4"}, 24, 12,
         runs=False),
]

STACKED = """
t, o = Loop(n, c, x) <
  body = b (int64 i, bool k, float[2,3] s) => (bool l, float[2,3] t, float[2,3] u)
    { l = Identity(k) t = MatMul(s, w) u = Identity(t) }
>
y = MatMul(o, w)
"""
ALONG = """
h, o = Scan(z, x) <
  num_scan_inputs = 1, scan_input_axes = [1], scan_output_axes = [1],
  body = b (float[2,4] s, float[2,3] e) => (float[2,4] t, float[2,4] o)
    { m = MatMul(e, w) t = Add(s, m) o = Identity(t) }
>
y = MatMul(o, v)
"""
OWN = """w = Constant<value = float[2,2] {1,2,3,4}>()
b = MatMul(a, w)"""

BODIES += [
    Case("what a loop stacks: 5 x 2 rows", STACKED, {"x": "2x3"},
         {"n": np.int64(5), "c": np.bool_(True), "w": "3x3"}, 5 * 18 + 5 * 18, 9),
    Case("a scan along another axis, and what it stacks", ALONG, {"x": "2x5x3"},
         {"z": "2x4", "w": "3x4", "v": "4x2"}, 5 * 24 + 10 * 8, 12 + 8, runs=False),
    Case("a function's own weight, in two calls", "a = my.F(x)\ny = my.F(a)", {"x": "2x2"},
         functions=(("my", "F", ["a"], ["b"], OWN, []),), domains=("my",), macs=16, parameters=4),
    Case("an input that a call leaves out", "y = my.F(x)", {"x": "2x3"}, domains=("my",),
         functions=(("my", "F", ["a", "low"], ["b"], "b = Clip(a, low)", []),), runs=False),
    Case("an embedding that is the classifier too",
         "e = Gather(w, i)\nt = Transpose(w)\ny = MatMul(e, t)", {"i": "int64 5"}, {"w": "10x4"},
         5 * 4 * 10, 40),
]

CASES = [*CONVOLUTIONS, *PRODUCTS, *CONTRIBUTED, *EARLY, *MAPS, *STORED, *SIZES, *BODIES]


# fmt: on


@pytest.fixture
def profile_of(tmp_path):
    def profile(model):
        file = tmp_path / "net.onnx"
        file.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
        return load(str(file)).profile()

    return profile


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_the_count_is_exact_or_what_is_missing_is_said(case, profile_of):
    model = case.model()
    if case.valid and not case.domains:
        checker.check_model(model)
    profile = profile_of(model)
    names = tuple(row.op.name for row in profile.uncounted)
    assert (profile.macs, profile.parameters, names) == (
        case.macs, case.parameters, case.uncounted)  # fmt: skip
    if case.warns:
        assert any(case.warns in warning for warning in profile.warnings)
    else:
        assert profile.warnings == ()


RUN = [case for case in CASES if case.runs]


@pytest.mark.parametrize("case", RUN, ids=[case.says for case in RUN])
def test_every_row_has_the_sizes_of_a_run_by_onnx_s_reference(case, profile_of):
    model = case.model()
    rows = {row.path: row for row in profile_of(model).rows if row.kind != "unused"}
    names = [node.name for node in model.graph.node]
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    given = {v.name: case.values.get(v.name, random(v)) for v in model.graph.input}
    results = dict(zip(names, ReferenceEvaluator(model).run(None, given), strict=True))
    for name in rows.keys() & results.keys():
        row, result = rows[name], np.asarray(results[name])
        if row.kind != "reshape" or not isinstance(results[name], list):
            assert prod(row.output) == result.size, row


def random(value):
    element = value.type.tensor_type.elem_type
    sizes = [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim]
    return np.ones(sizes).astype(helper.tensor_dtype_to_np_dtype(element))


def test_the_corpus_has_at_least_120_graphs_that_the_reference_runs_and_no_two_alike():
    assert len(RUN) >= 120
    texts = [case.model().SerializeToString() for case in CASES]
    assert len(set(texts)) == len(texts)
