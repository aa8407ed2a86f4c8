use super::*;

#[track_caller]
fn check(is: fn(&str) -> bool, wordings: &[&str], expected: bool) {
    for wording in wordings {
        assert_eq!(is(&wording.to_lowercase()), expected, "{wording}");
    }
}

#[test]
fn a_full_context_is_known_in_every_servers_words() {
    check(
        is_too_long,
        &[
            // OpenAI, Azure, DeepSeek
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 10000 tokens. Please reduce the length of the messages.",
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
            "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.",
            "Invalid 'messages[0].content': string too long. Expected a string with maximum length 10485760, but got a string with length 20000000 instead. string_above_max_length",
            // Anthropic
            "prompt is too long: 208310 tokens > 200000 maximum",
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens` and try again",
            "Request size exceeds model context window",
            // vLLM
            "This model's maximum context length is 4096 tokens. However, you requested 0 output tokens and your prompt contains at least 4097 input tokens, for a total of at least 4097 tokens. Please reduce the length of the input prompt or the number of requested output tokens. (parameter=input_tokens, value=4097)",
            "The prompt (total length 5000) is too long to fit into the model (context length 4096). Make sure that `max_model_len` is no smaller than the number of text tokens plus multimodal tokens.",
            "The decoder prompt (length 9000) is longer than the maximum model length of 8192.",
            "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 4096 tokens and your request has 50 input tokens",
            "max_tokens must be at least 1, got -904.",
            // llama.cpp, llama-cpp-python
            "the request exceeds the available context size. try increasing the context size or enable context shift",
            "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it exceed_context_size_error",
            "input is too large to process. increase the physical batch size",
            "Context size has been exceeded.",
            "Requested tokens (5000) exceed context window of 2048",
            // Ollama
            "the input length exceeds the context length",
            "prompt too long; exceeded max context length by 4 tokens",
            // TGI, Together
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 100 `max_new_tokens`",
            "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000",
            // Gemini
            "The input token count (1050000) exceeds the maximum number of tokens allowed (1048576).",
            // Mistral
            "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
            "Too many tokens overall: 33000 > 32768",
            // Groq, Cerebras
            "Please reduce the length of the messages or completion.",
            "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
            "Request too large for model `x` in organization `y` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 9000",
            // OpenRouter and the servers behind it
            "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens (140000 of text input). Please reduce the length of either one",
            "Input length 131393 exceeds the maximum allowed input length of 131040 tokens.",
            // LM Studio
            "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input",
            "The number of tokens to keep from the initial prompt is greater than the context length.",
            "Reached context length of 4096 tokens with model (arch: llama), but this model does not currently support mid-generation context overflow",
            // SGLang
            "The input (400013 tokens) is longer than the model's context length (262144 tokens).",
            "Requested token count exceeds the model's maximum context length of 8192 tokens.",
            // TensorRT-LLM
            "Prompt length (5000) exceeds maximum input length (4096). Set log level to info and check TRTGptModel logs for how maximum input length is set",
            "The sum of prompt length (9000.0) and query length (0) should not exceed max_num_tokens (8192)",
            // Cohere
            "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000. Try using a shorter prompt",
            "too many tokens: size limit exceeded by 100 tokens. Try using shorter or fewer inputs",
            // Bedrock
            "ValidationException: Input is too long for requested model.",
            "The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
            // Others
            "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
            "Invalid request: Your request exceeded model token limit: 8192",
            "invalid params, context window exceeds limit (2013)",
            "Prompt exceeds max length",
            "Range of input length should be [1, 30720]",
            "The prompt is too long: 40000, model maximum context length: 32768",
            "Request body too large for gpt-4o model. Max size: 8000 tokens. tokens_limit_reached",
            "prompt token count of 70000 exceeds the limit of 64000",
            "The estimated number of input and maximum output tokens (9000) exceeded this model context window limit (8192).",
            "Prompt length 5000 is greater than max_seq_len 4096",
            "Prompt too long: 5152 tokens exceeds max_seq_len 2048 (leave room for output tokens)",
            "length of prompt_tokens (163280) must be less than max_seq_len (32768).",
            "the number of input tokens 5000 cannot exceed the total tokens limit 4096 for this model",
            "ContextWindowExceededError: litellm.BadRequestError",
            "Input token length too long",
            "Conversation is too long for this model",
            // Baidu, Yandex, Volcengine, llama.cpp, and servers with messages in other languages
            "the max input characters is 20000",
            "number of input tokens must be no more than 8000, got 9000",
            "Total tokens of image and text exceed max message tokens",
            "n_ctx exceeded: prompt (5000) > 4096",
            "messages too long: 40000 > 32768",
            "输入长度超过模型最大上下文长度",
            "<400> InternalError.Algo.InvalidParameter: 输入文本过长",
            "Prompt 超长",
            "token数量超过上限",
            "超过最大长度限制，请减少输入",
            "コンテキスト長の上限を超えています",
            "Превышена максимальная длина контекста",
        ],
        true,
    );
    check(
        is_too_long,
        &[
            "Rate limit reached for requests per minute",
            "ThrottlingException: Too many tokens, please wait before trying again.",
            "You have exceeded the max tokens per day quota",
            "max_tokens is too large: 99999. This model supports at most 16384 completion tokens",
            "max_output_tokens (200000) exceeds the maximum output tokens (128000)",
            "Unrecognized request argument supplied: stream_options",
            "invalid token in JSON",
            "The model is overloaded",
            "每分钟token数超过上限",
            "max_tokens (5000) is greater than the maximum of 4096",
            "The maximum tokens you requested exceeds the model limit of 4096.",
            "This request would exceed the rate limit for your organization of 40,000 input tokens per minute",
            "boom",
            "",
        ],
        false,
    );
}

#[test]
fn credit_that_is_used_up_is_told_from_a_busy_server() {
    check(
        is_quota,
        &[
            "You exceeded your current quota, please check your plan and billing details. insufficient_quota",
            "Insufficient Balance",
            "This request requires more credits, or fewer max_tokens. You requested up to 4096 tokens",
            "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing",
            "billing_hard_limit_reached",
            "Arrearage: Access denied, please make sure your account is in good standing.",
            "Your account has reached its spending limit",
        ],
        true,
    );
    check(is_quota, &["Rate limit reached. Please try again in 20s.", "The engine is overloaded", "no"], false);
}

#[test]
fn refused_pictures_are_told_apart() {
    let blind = [
        "Invalid content type. image_url is only supported by certain models.",
        "this model does not support image input (ref: b8bd630e)",
        "Model do not support image input.",
        "No endpoints found that support image input",
        "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
        "google/gemma-2 is not a multimodal model",
        "Failed to deserialize the JSON body: messages[0]: unknown variant `image_url`, expected `text` at line 1",
        "'messages.0' : for 'role:user' the following must be satisfied[('messages.0.content' : value must be a string)] content must be a string",
        "invalid type: sequence, expected a string",
        "Input should be a valid string",
        "The requested model does not support vision",
    ];
    check(is_about_pictures, &blind, true);
    check(is_about_one_picture, &blind, false);
    let bad = [
        "Could not process image",
        "You uploaded an unsupported image. Please make sure your image is valid.",
        "cannot identify image file <_io.BytesIO object at 0x7f>",
        "Failed to decode image",
        "image exceeds 5 MB maximum: 6291456 bytes",
        "At least one of the image dimensions exceed max allowed size: 8000 pixels",
        "At most 1 image(s) may be provided in one request.",
    ];
    check(is_about_pictures, &bad, true);
    check(is_about_one_picture, &bad, true);
    check(is_about_pictures, &["boom", "Rate limit reached", "unknown argument"], false);
}

#[test]
fn refused_roles_are_known() {
    check(
        is_about_roles,
        &[
            "Conversation roles must alternate user/assistant/user/assistant/...",
            "After the optional system message, conversation roles must alternate user/assistant",
            "System role not supported",
            "Developer instruction is not enabled for models/gemma-3-27b-it",
            "Unexpected role 'user' after role 'tool'",
            "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
            "Only user and assistant roles are supported!",
            "messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"user\" roles in a row",
        ],
        true,
    );
    check(is_about_roles, &["boom", "invalid api key"], false);
}
