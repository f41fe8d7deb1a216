// From C++: extract XPATH INPUT... prints the value of an XPath in each document, as CSV. Owners
// free what the library gave, errors are exceptions.
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thresh/thresh.h>

namespace {

struct Free {
    void operator()(thresh_options *options) const { thresh_options_free(options); }
    void operator()(thresh *opened) const { thresh_close(opened); }
};
using Options = std::unique_ptr<thresh_options, Free>;
using Thresh = std::unique_ptr<thresh, Free>;

void set(Options &options, const char *name, const std::string &value)
{
    thresh_error error{};
    if (thresh_options_set(options.get(), name, value.c_str(), &error) < 0)
        throw std::runtime_error(error.text);
}

// No exception may pass through the library: what fails here is an error for it to hand back.
int print(void *, const void *record, size_t len, thresh_error *error)
{
    if (std::cout.write(static_cast<const char *>(record), static_cast<std::streamsize>(len)))
        return 0;
    std::string("the record cannot be written").copy(error->text, sizeof error->text - 1);
    return -1;
}

bool extract(const std::string &xpath, const char *const *inputs, size_t n_inputs)
{
    Options options(thresh_options_new());
    if (!options)
        throw std::bad_alloc();
    set(options, "format", "csv");
    set(options, "fields", "path,verdict,fields");
    set(options, "extract", "value=" + xpath);
    thresh_error error{};
    Thresh opened(thresh_open(options.get(), &error));
    thresh_output output{print, nullptr, nullptr};
    thresh_stats stats{};
    if (!opened || thresh_run(opened.get(), inputs, n_inputs, &output, &stats, &error) < 0)
        throw std::runtime_error(error.text);
    return thresh_stats_good(&stats);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::cerr << "usage: extract XPATH INPUT...\n";
        return 2;
    }
    try {
        return extract(argv[1], argv + 2, static_cast<size_t>(argc - 2)) ? 0 : 1;
    } catch (const std::exception &error) {
        std::cerr << "extract: " << error.what() << '\n';
        return 2;
    }
}
