-- wrk: sixteen requests in one write, sixteen answers awaited.
local batch

init = function()
    local requests = {}
    for i = 1, 16 do
        requests[i] = wrk.format()
    end
    batch = table.concat(requests)
end

request = function()
    return batch
end
