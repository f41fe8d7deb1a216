// From C++: extract XPATH INPUT... prints the values of an XPath in each document, a line each.
// Owners free what the library gave, errors are exceptions.
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thresh/thresh.h>

namespace {

struct Free {
    void operator()(thresh_options *options) const { thresh_options_free(options); }
    void operator()(struct thresh *opened) const { thresh_close(opened); }
    void operator()(struct thresh_run *run) const { thresh_run_free(run); }
};
using Options = std::unique_ptr<thresh_options, Free>;
using Thresh = std::unique_ptr<struct thresh, Free>;
using Run = std::unique_ptr<struct thresh_run, Free>;

// No exception may pass through the library: what fails here is an error for it to hand back.
int print(void *, const thresh_record *record, thresh_error *error)
{
    const thresh_field *field = thresh_record_field_named(record, "value");
    std::cout << record->path.bytes << ": " << thresh_verdict_name(record->verdict);
    for (size_t i = 0; field && i < field->n; i++)
        std::cout << (i ? "|" : " ") << field->values[i].bytes;
    if (std::cout << '\n')
        return 0;
    std::string("the record cannot be written").copy(error->text, sizeof error->text - 1);
    return -1;
}

bool extract(const std::string &xpath, char **inputs)
{
    thresh_error error{"not enough memory"};
    Options options(thresh_options_new());
    if (!options ||
        thresh_options_set(options.get(), "extract", ("value=" + xpath).c_str(), &error) < 0)
        throw std::runtime_error(error.text);
    Thresh opened(thresh_open(options.get(), &error));
    if (!opened)
        throw std::runtime_error(error.text);
    Run run(thresh_run_new(opened.get()));
    for (; *inputs; inputs++)
        thresh_run_add_path(run.get(), *inputs, nullptr);
    thresh_run_on_record(run.get(), print, nullptr);
    if (thresh_run(run.get(), &error) < 0)
        throw std::runtime_error(error.text);
    return thresh_stats_good(thresh_run_stats(run.get()));
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::cerr << "usage: extract XPATH INPUT...\n";
        return 2;
    }
    try {
        return extract(argv[1], argv + 2) ? 0 : 1;
    } catch (const std::exception &error) {
        std::cerr << "extract: " << error.what() << '\n';
        return 2;
    }
}
