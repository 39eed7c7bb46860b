// The order matters: the first copy of tfjs-core to be evaluated provides the global Tensor class.
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
